"""The same work as it is usually written with Django: what our figures are held against."""
