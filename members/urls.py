from django.urls import path

from members.views import contacts, doubles, imports, lists

urlpatterns = [
    path("contacten/", contacts.contacts, name="contacts"),
    path("contacten/<int:contact_id>/", contacts.contact, name="contact"),
    path("contacten/<int:contact_id>/zelfde-persoon/", doubles.of_person, name="contact-identity"),
    path("contacten/<int:contact_id>/samenvoegen/", doubles.join_with, name="contact-join"),
    path("contacten/<int:contact_id>/splitsen/", doubles.split, name="contact-split"),
    path("contacten/dubbels/", doubles.index, name="doubles"),
    path("contacten/dubbels/samen/", doubles.join, name="doubles-join"),
    path("contacten/dubbels/zekere/", doubles.join_certain, name="doubles-join-certain"),
    path("contacten/dubbels/twee/", doubles.two, name="doubles-two"),
    path("contacten/dubbels/<int:change_id>/ongedaan/", doubles.undo, name="doubles-undo"),
    path("lijsten/", lists.index, name="lists"),
    path("lijsten/nieuw/", lists.add, name="list-add"),
    path("lijsten/<int:list_id>/", lists.people, name="list"),
    path("lijsten/<int:list_id>/aanpassen/", lists.change, name="list-edit"),
    path("lijsten/<int:list_id>/erbij/", lists.put_on, name="list-put-on"),
    path("lijsten/<int:list_id>/archief/", lists.archive, name="list-archive"),
    path("lijsten/<int:list_id>/mensen/<int:contact_id>/weg/", lists.take_off, name="list-take-off"),
    path("gegevens/", imports.data, name="data"),
    path("gegevens/inladen/", imports.import_add, name="import-add"),
    path("gegevens/inladen/<int:run_id>/", imports.import_run, name="import"),
    path("gegevens/inladen/<int:run_id>/niet-ingeladen.csv", imports.import_refusals, name="import-refusals"),
    path("gegevens/inventaris/", imports.inventory, name="inventory"),
]
