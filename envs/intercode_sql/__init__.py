"""InterCode-SQL: questions over 20 databases, answered by exploring them with SQL (``docs/spec/intercode_sql.md``)."""
