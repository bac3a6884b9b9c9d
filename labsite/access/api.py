"""Routes of projects."""

from rest_framework import mixins
from rest_framework.permissions import IsAuthenticated

from labsite.access.models import Project
from labsite.access.serializers import ProjectSerializer
from labsite.access.viewsets import ScopedViewSet


class ProjectViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """Your projects with their members; managers keep them on the pages."""

    permission_classes = (IsAuthenticated,)
    queryset = Project.objects.prefetch_related("memberships__user")
    serializer_class = ProjectSerializer
    by = "name"
