"""The one upward wish of this room: new ratings may open cases."""

from django.dispatch import Signal

#: Sent inside the transaction that recorded ratings, with `intake`, `ratings` (list of
#: `operations.NewRating`) and `by`. A listener answers with the effect of each rating it acted on,
#: as a list of `operations.Effect`; what it raises undoes the intake.
assessment_recorded = Signal()
