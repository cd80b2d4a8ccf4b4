from django.urls import path

from members.views import contacts, custom_fields, doubles, imports, sources

urlpatterns = [
    path("contacten/", contacts.contacts, name="contacts"),
    path("contacten/<int:contact_id>/", contacts.contact, name="contact"),
    path("contacten/<int:contact_id>/meer/", contacts.more, name="contact-more"),
    path("contacten/<int:contact_id>/samenvoegen/", doubles.join_with, name="contact-join"),
    path("contacten/<int:contact_id>/splitsen/", doubles.split, name="contact-split"),
    path("contacten/dubbels/", doubles.index, name="doubles"),
    path("contacten/dubbels/samen/", doubles.join, name="doubles-join"),
    path("contacten/dubbels/zekere/", doubles.join_certain, name="doubles-join-certain"),
    path("contacten/dubbels/twee/", doubles.two, name="doubles-two"),
    path("contacten/dubbels/<int:change_id>/ongedaan/", doubles.undo, name="doubles-undo"),
    path("contacten/<int:contact_id>/eigen-velden/", custom_fields.values, name="custom-values"),
    path("gegevens/eigen-velden/", custom_fields.index, name="custom-fields"),
    path("gegevens/eigen-velden/nieuw/", custom_fields.add, name="custom-field-add"),
    path("gegevens/eigen-velden/<int:field_id>/", custom_fields.change, name="custom-field"),
    path("gegevens/eigen-velden/<int:field_id>/weg/", custom_fields.remove, name="custom-field-remove"),
    path("gegevens/bronnen/", sources.index, name="sources"),
    path("gegevens/bronnen/nieuw/", sources.add, name="source-add"),
    path("gegevens/bronnen/<int:source_id>/", sources.source, name="source"),
    path("gegevens/bronnen/<int:source_id>/aanpassen/", sources.change, name="source-change"),
    path("gegevens/bronnen/<int:source_id>/ophalen/", sources.fetch, name="source-fetch"),
    path("gegevens/bronnen/<int:source_id>/testen/", sources.try_out, name="source-test"),
    path("gegevens/bronnen/<int:source_id>/pauze/", sources.pause, name="source-pause"),
    path("gegevens/bronnen/<int:source_id>/weg/", sources.remove, name="source-remove"),
    path("gegevens/", imports.data, name="data"),
    path("gegevens/inladen/", imports.import_add, name="import-add"),
    path("gegevens/inladen/<int:run_id>/", imports.import_run, name="import"),
    path("gegevens/inladen/<int:run_id>/niet-ingeladen.csv", imports.import_refusals, name="import-refusals"),
    path("gegevens/inventaris/", imports.inventory, name="inventory"),
]
