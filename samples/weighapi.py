"""The weighing of batches and slurries in the API."""

from http import HTTPStatus
from typing import Any

from django.core.exceptions import ValidationError
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from labsite.access.idempotency import idempotent
from labsite.access.recording import EditConflictError
from labsite.access.references import RecordField
from labsite.access.serializers import StrictSerializer
from labsite.access.viewsets import conflict
from samples.models import Consumption, Lot, ProcessStep
from samples.slurries import weigh_slurry
from samples.slurrymix import Wanted
from samples.stepapi import StepSerializer, StepViewSet
from samples.stock import BASE
from samples.weighing import weigh_batch

UNITS = [Consumption.Unit.GRAM, Consumption.Unit.MILLIGRAM]


class PortionSerializer(StrictSerializer):
    """One ingredient: its lot, and the mass as read from the balance once it is weighed."""

    ingredient = serializers.CharField(
        max_length=20,
        help_text="am, dmam, crosslinker, photoinitiator, nma, lifsi or fec; of a slurry the short "
        "name of the component.",
    )
    lot = RecordField(queryset=Lot.objects.all())
    mass = serializers.FloatField(required=False, allow_null=True)
    unit = serializers.ChoiceField(choices=UNITS, default=Consumption.Unit.GRAM)


class WeighSerializer(StrictSerializer):
    """What was weighed into a batch; sent again it corrects the weighing as a whole."""

    portions = PortionSerializer(many=True, allow_empty=False)
    balance_readability_mg = serializers.FloatField(required=False, min_value=1e-4)
    performed_at = serializers.DateTimeField(required=False)
    expected_version = serializers.IntegerField(
        required=False, min_value=0, help_text="The version of the step; 0 for none yet."
    )

    def validate_portions(self, portions: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Want each ingredient once."""
        names = [portion["ingredient"] for portion in portions]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise serializers.ValidationError(f"Found {', '.join(twice)} more than once.")
        return portions

    def parts(self) -> tuple[dict[str, Lot], dict[str, float]]:
        """Return lots, and masses in g, by ingredient."""
        portions = self.validated_data["portions"]
        return (
            {one["ingredient"]: one["lot"] for one in portions},
            {
                one["ingredient"]: one["mass"] * BASE[one["unit"]][1]
                for one in portions
                if one.get("mass") is not None
            },
        )

    def weigh(self, record: Any) -> ProcessStep:
        """Weigh the batch."""
        lots, masses = self.parts()
        said = self.validated_data
        return weigh_batch(
            batch=record,
            lots=lots,
            masses_g=masses,
            by=self.context["request"].user,
            readability_mg=said.get("balance_readability_mg"),
            performed_at=said.get("performed_at"),
            expected_version=said.get("expected_version"),
        )


class WeighSlurrySerializer(WeighSerializer):
    """What was weighed into the slurry of a coating, and how much was to be made."""

    active_mass_g = serializers.FloatField(required=False, min_value=0)
    dry_mass_g = serializers.FloatField(required=False, min_value=0)

    def weigh(self, record: Any) -> ProcessStep:
        """Weigh the slurry."""
        lots, masses = self.parts()
        said = self.validated_data
        wanted = Wanted(
            said.get("active_mass_g"), said.get("dry_mass_g"), said.get("balance_readability_mg")
        )
        return weigh_slurry(
            coating=record,
            lots=lots,
            masses_g=masses,
            by=self.context["request"].user,
            wanted=wanted,
            performed_at=said.get("performed_at"),
            expected_version=said.get("expected_version"),
        )


def _weigh(view: Any, request: Request) -> Response:
    record = view.get_object()
    serializer = view.get_serializer(data=request.data)
    serializer.is_valid(raise_exception=True)
    try:
        step = serializer.weigh(record)
    except EditConflictError as error:
        raise conflict(record, error) from error
    except ValidationError as error:
        raise serializers.ValidationError(
            error.message_dict if hasattr(error, "error_dict") else error.messages
        ) from error
    context = view.get_serializer_context()
    body = StepSerializer(StepViewSet.queryset.get(pk=step.pk), context=context).data
    return Response(body, status=HTTPStatus.CREATED)


class WeighsBatches:
    """Adds the weighing to the routes of batches."""

    @extend_schema(request=WeighSerializer, responses={201: StepSerializer})
    @action(detail=True, methods=["post"], serializer_class=WeighSerializer)
    @idempotent()
    def weigh(self, request: Request, **_kwargs: Any) -> Response:
        """Log, or correct, what was weighed into the batch; the lots give it up."""
        return _weigh(self, request)


class WeighsSlurries:
    """Adds the weighing to the routes of coatings."""

    @extend_schema(request=WeighSlurrySerializer, responses={201: StepSerializer})
    @action(detail=True, methods=["post"], serializer_class=WeighSlurrySerializer)
    @idempotent()
    def weigh(self, request: Request, **_kwargs: Any) -> Response:
        """Log, or correct, what was weighed into the slurry; the active fraction follows."""
        return _weigh(self, request)
