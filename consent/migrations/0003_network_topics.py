"""The topics and data uses every library starts from (law-and-deliverability: purposes and data uses)."""

from django.db import migrations

from bibmail.tenancy import acting_for_network

TOPICS = [
    (
        "service",
        "service",
        "Berichten over je lidmaatschap",
        "Messages about your membership",
        "Zoals een reservering die klaarligt of een kaart die vervalt. Die krijg je altijd.",
        "Such as a hold that is ready or a card that expires. You always get these.",
    ),
    (
        "newsletter",
        "marketing",
        "Nieuwsbrief van je bibliotheek",
        "Newsletter of your library",
        "Eén keer per maand: wat er nieuw is en wat er te doen is.",
        "Once a month: what is new and what is on.",
    ),
    (
        "events",
        "marketing",
        "Activiteiten en voorleesuurtjes",
        "Events and story times",
        "Lezingen, workshops en voorleesuurtjes bij jou in de buurt.",
        "Talks, workshops and story times near you.",
    ),
    (
        "new_acquisitions",
        "marketing",
        "Nieuwe aanwinsten en leestips",
        "New titles and reading tips",
        "Nieuwe boeken, films en muziek, en wat anderen graag lazen.",
        "New books, films and music, and what others liked to read.",
    ),
    (
        "digital",
        "marketing",
        "E-boeken, films en andere digitale collecties",
        "E-books, films and other digital collections",
        "Wat je thuis kan lezen, kijken en leren met je lidkaart.",
        "What you can read, watch and learn at home with your library card.",
    ),
    (
        "family",
        "marketing",
        "Tips voor gezinnen met kinderen",
        "Tips for families with children",
        "Boeken en activiteiten voor kinderen.",
        "Books and events for children.",
    ),
    (
        "study",
        "marketing",
        "Studeren in de bib",
        "Studying in the library",
        "Studieplekken en openingsuren in de examenperiode.",
        "Study places and opening hours in exam time.",
    ),
    (
        "network_campaigns",
        "marketing",
        "Acties van alle bibliotheken samen",
        "Campaigns of all libraries together",
        "Zoals de Voorleesweek of de Jeugdboekenmaand.",
        "Such as the reading-aloud week or the month of children's books.",
    ),
    (
        "surveys",
        "research",
        "Korte vragen over onze werking",
        "Short questions about our work",
        "Af en toe een vraag, zodat we het beter kunnen doen.",
        "A question now and then, so that we can do better.",
    ),
]

DATA_USES = [
    (
        "use_loan_history",
        "Leestips op basis van wat ik leende",
        "Reading tips based on what I borrowed",
        "Staat dit uit, dan krijg je algemene tips.",
        "When this is off you get general tips.",
    ),
    (
        "use_linked_children",
        "Tips op basis van de leeftijd van mijn kinderen",
        "Tips based on the age of my children",
        "Staat dit uit, dan krijg je algemene gezinstips.",
        "When this is off you get general family tips.",
    ),
    (
        "use_ebook_activity",
        "Tips op basis van mijn gebruik van e-boeken",
        "Tips based on my use of e-books",
        "Staat dit uit, dan sturen we geen uitleg over e-boeken.",
        "When this is off we send no help about e-books.",
    ),
    (
        "use_seat_reservations",
        "Tips op basis van studieplek- of pc-reservaties",
        "Tips based on seat and computer bookings",
        "Staat dit uit, dan weten onze mails niet dat je komt studeren.",
        "When this is off our mails do not know that you come to study.",
    ),
    (
        "use_event_history",
        "Tips op basis van activiteiten waarvoor ik inschreef",
        "Tips based on events I signed up for",
        "Staat dit uit, dan mailen we alleen over die ene activiteit.",
        "When this is off we only mail about that one event.",
    ),
    (
        "measure_opens",
        "Meten of ik mails open",
        "Measure whether I open mails",
        "Staat dit uit, dan zit er niets in de mail dat dat meet.",
        "When this is off nothing in the mail measures it.",
    ),
    (
        "measure_clicks",
        "Meten waarop ik klik",
        "Measure what I click",
        "Staat dit uit, dan tellen we kliks zonder te weten van wie.",
        "When this is off we count clicks without knowing whose.",
    ),
    (
        "use_click_history",
        "Mails op het moment dat ik ze lees",
        "Mails at the time I read them",
        "Staat dit uit, dan kiezen we één moment voor iedereen.",
        "When this is off we choose one time for everyone.",
    ),
]


def fill(apps, schema_editor):
    topic, data_use = apps.get_model("consent", "Topic"), apps.get_model("consent", "DataUse")
    with acting_for_network():
        topic.objects.bulk_create(
            topic(
                code=code,
                message_class=message_class,
                label_nl=nl,
                label_en=en,
                description_nl=about_nl,
                description_en=about_en,
                position=position,
            )
            for position, (code, message_class, nl, en, about_nl, about_en) in enumerate(TOPICS, 1)
        )
        data_use.objects.bulk_create(
            data_use(
                code=code,
                label_nl=nl,
                label_en=en,
                description_nl=about_nl,
                description_en=about_en,
                position=position,
            )
            for position, (code, nl, en, about_nl, about_en) in enumerate(DATA_USES, 1)
        )


class Migration(migrations.Migration):
    dependencies = [("consent", "0002_fences")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
