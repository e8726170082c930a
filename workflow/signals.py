"""The heart's own signal: something was recorded and committed; listeners are only nudged."""

from django.dispatch import Signal

#: Sent after the transaction that wrote events has committed; carries nothing, since what happened
#: is read from the events themselves.
events_recorded = Signal()
