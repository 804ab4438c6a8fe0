"""Independent tasks side by side: a process pool, or Dask."""
