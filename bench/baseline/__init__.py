"""What a team would write by hand: FastAPI with the SQLAlchemy ORM on asyncpg, and a bare socket hub. To compare with."""
