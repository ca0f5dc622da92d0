"""One module a revision: `NNNN_area.py`, each naming the one before as `down_revision`."""
