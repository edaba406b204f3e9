"""Names that only frameworks, templates and settings use: what vulture cannot see. Not imported by anything."""
# ruff: noqa: B018, F821

# Modules that Django finds by name
_.Config
_.OneLine
_.StaffSite
_.application
_.default_site
_.handler404
_.handler500
_.urlpatterns

# The admin's hooks
_.actions
_.actions_on_bottom
_.add_view
_.autocomplete_fields
_.change_form_template
_.change_list_template
_.clean_photo_file
_.compressed_fields
_.date_hierarchy
_.disabled
_.enable_nav_sidebar
_.fieldsets
_.fill
_.get_readonly_fields
_.get_search_results
_.has_changed
_.has_delete_permission
_.has_permission
_.has_view_permission
_.history_view
_.index_title
_.label_from_instance
_.list_display
_.list_filter
_.list_filter_sheet
_.list_per_page
_.log_addition
_.log_change
_.lookup_allowed
_.lookups
_.model_admin
_.paginator
_.parameter_name
_.photo_file
_.readonly_fields
_.search_fields
_.search_help_text
_.show_full_result_count
_.site_header
_.site_title
_.to_python
_.warn_unsaved_form

# REST framework's hooks, and resources that settings.API_RESOURCES names
_.CongressViewSet
_.GroupViewSet
_.OrganizationViewSet
_.Pages
_.ReportViewSet
_.Schema
_.SessionScheme
_.SessionViewSet
_.SignedIn
_.TokenScheme
_.TokenViewSet
_.TransitionMixin
_.accepted_media_type
_.accepted_renderer
_.authenticate_header
_.authentication_classes
_.auto_schema
_.by_congress
_.content_type
_.django_paginator_class
_.expires_at
_.filter_backends
_.filter_queryset
_.filterset_class
_.get_override_parameters
_.guidance
_.retrieve
_.get_security_definition
_.max_page_size
_.ordering_fields
_.page_size
_.page_size_query_param
_.serializer_class
_.target_class

# Named by strings in the settings
_.AuditMiddleware
_.FirstLoginMiddleware
_.HealthMiddleware
_.LocalWordsValidator
_.SessionLimitMiddleware
_.TransitionView
_._csp_replace
_.clean_year
_.formfield_overrides
_.get_changelist
_.get_help_text
_.locked_out
_.get_sidebar_list
_.password_change
_.page_furniture
_.process_view
_.sorted_by
_.validate

# The kernel's vocabulary for the floors above
_.SOURCE
_.after_days
_.after_months
_.after_working_days
_.days_of
_.due_at
_.mark
_.program
_.redis_url
_.number_format
_.run_after
_.warnings

# Columns, constraints and choices: Django, the templates and the admin read them
_.CANDIDATE
_.CEASED
_.ELECTED
_.ELECTING
_.EXPIRED
_.RESIGN_PENDING
_.SUSPENDED
_.TERMINATED
_.VILLAGE
_.VOID
_.abstract
_.address_sealed
_.answered_at
_.answered_by
_.applied_at
_.asked_at
_.claimed_at
_.constraints
_.content_object
_.created
_.deputies
_.deputy
_.ends_on
_.errors_attachment
_.filing_closes_at
_.finished_at
_.get_throttle_factor
_.id_number_sealed
_.in_service_education
_.leader
_.liaison
_.merged_into
_.native_place
_.password_changed_at
_.permissions
_.phone_index
_.phone_sealed
_.plain_stroke_key
_.posted_at
_.professional_title
_.read_at
_.rejected
_.school
_.seat_quota
_.seed_sealed
_.sent_at
_.starts_on
_.stored_at
_.triggers
_.turnover_basis
_.unchanged
_.updated
_.uploaded_at
_.verbose_name_plural
_.wanted_sealed

# Views' and forms' hooks
_.authentication_form
_.clean_code
_.clean_cutoff
_.clean_old_password
_.field_order
_.get_initial
_.get_success_url
_.next_page
_.old_password
_.paginate_by
_.redirect_authenticated_user
_.success_url

# Read by report templates, or set on a workbook for its reader
_.also
_.default_error_messages
_.density
_.fitToHeight
_.fitToPage
_.flags
_.freeze_panes
_.joined_party
_.joined_work
_.orientation
_.paperSize
_.print_title_rows
_.quotePrefix
_.votes

# Commands, which manage.py finds
_.Command
_.add_arguments
_.frame
_.help
_.requires_system_checks

# Jobs named in settings.JOBS, verbs reached by name
_.apply
_.confirm
_.deliver
_.drop
