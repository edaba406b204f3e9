"""Labels of the tabs fold in the middle or not at all."""

import pytest

from congress.templatetags.labels import foldable


@pytest.mark.parametrize(
    ("label", "shown"),
    [("首页", "首页"), ("工作台", "工作台"), ("我的信息", "我的<wbr>信息"), ("Home page", "Home page"), ("", "")],
)
def test_four_characters_fold_in_two_and_two(label, shown):
    assert foldable(label) == shown
