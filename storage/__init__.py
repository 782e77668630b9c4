"""The Store on SQLAlchemy. The only room that imports it."""
