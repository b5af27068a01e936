"""TravelPlanner: tools, plans and the official evaluation (``docs/spec/travelplanner.md``)."""
