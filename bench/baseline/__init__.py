"""What to compare with: FastAPI and the SQLAlchemy ORM as written by hand, and a bare socket hub."""
