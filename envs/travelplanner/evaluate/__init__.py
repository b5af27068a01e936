"""The official evaluation of a plan, quirks included (``docs/spec/travelplanner.md §6-7``)."""
