"""The generated world: tables, queries and hidden oracle plans (``docs/spec/travelplanner.md §9``)."""
