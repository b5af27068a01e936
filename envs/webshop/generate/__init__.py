"""A made-up catalogue in the official files' schema, for use without any data (``docs/spec/webshop.md §11``)."""
