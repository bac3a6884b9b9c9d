"""Who may read rows that are about a record without being one: steps, events, attachments."""

from django.db.models import Q

from labsite.access.models import Project, User


def about_readable(user: User, paths: tuple[str, ...], lab_wide: tuple[str, ...] = ()) -> Q:
    """Return the condition that a row is about a record that the person may read."""
    if user.is_superuser:
        return Q()
    mine = Project.objects.visible_to(user)
    condition = Q()
    for path in paths:
        condition |= Q(**{f"{path}__in": mine})
    for path in lab_wide:
        condition |= Q(**{f"{path}__isnull": False})
    return condition
