"""Newsletter: letters that arrive at the right hour. The map of the package, from what everybody uses upward.

Each line may import from the lines above it, never from those below (ARCHITECTURE.md, "Law"):

    clock, settings, environment, clinic, errors
                                 what time it is; what the deployer decided; who is writing; how things fail
    db                           the database: typed tables, aware instants, two session factories
    links, vault, audit, limits, bookmarks, pulse, stored, paths, logs
                                 signed links; keyed hashes; who of the staff did what; how often something may
                                 happen; how far a slow walk has come; is the postman alive; where files are
    content                      what an e-mail says, and which wording is live
    delivery                     hand a finished e-mail to the world, and remember what happened
    staff                        who works here, in which role, by which key
    audience                     who agreed to hear from us, since when, and in which words
    campaigns                    what comes when
    privacy                      all we hold about one person: show it, erase it, forget it in time
    insights                     what happened, in numbers; reads only
    models, migrating            every table in one import; the schema, up and down
    house                        what every entry point holds: settings, database, clock, links
    rounds                       one round of every verb, wired once
    web                          the pages; Flask lives here and nowhere else
    worker                       the metronome; APScheduler lives here and nowhere else
    cli                          the `newsletter` command

`content` and `delivery` know nothing of each other.
"""
