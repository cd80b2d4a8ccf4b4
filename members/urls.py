from django.urls import path

from members.views import contacts, imports

urlpatterns = [
    path("contacten/", contacts.contacts, name="contacts"),
    path("contacten/<int:contact_id>/", contacts.contact, name="contact"),
    path("gegevens/", imports.data, name="data"),
    path("gegevens/inladen/", imports.import_add, name="import-add"),
    path("gegevens/inladen/<int:run_id>/", imports.import_run, name="import"),
    path("gegevens/inladen/<int:run_id>/niet-ingeladen.csv", imports.import_refusals, name="import-refusals"),
    path("gegevens/inventaris/", imports.inventory, name="inventory"),
]
