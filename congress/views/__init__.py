"""Pages that belong to no district's business: the public front, signing in, messages, files."""

from congress.views.pages import (
    AttachmentDownload,
    Components,
    MessageList,
    MessageRead,
    MyAccount,
    PublicHome,
    SetSize,
    Start,
    csrf_failure,
    not_found,
    server_error,
)
from congress.views.signin import Login, OneTimeCode, OneTimeSetup, PasswordChange, SignOut

__all__ = [
    "AttachmentDownload",
    "Components",
    "Login",
    "MessageList",
    "MessageRead",
    "MyAccount",
    "OneTimeCode",
    "OneTimeSetup",
    "PasswordChange",
    "PublicHome",
    "SetSize",
    "SignOut",
    "Start",
    "csrf_failure",
    "not_found",
    "server_error",
]
