extension ExperienceLoader {
  /// A first experience for people to change: a small shop, with comments, and nothing to remark.
  public static let starterExperience = """
    # The experience that you design, as text. Change it, then run `waymark check`.
    # A touchpoint says which events are contacts with it; a journey says in what order you
    # wish customers to meet them. What really happens is measured against that.
    experience: Corner Shop
    timezone: Europe/Berlin     # days and local times are taken in this zone
    currency: EUR               # costs and values are in this currency

    # The phases of the lifecycle, and the ways by which customers reach you.
    stages: [awareness, consideration, purchase, service, advocacy]
    channels: [web, app, email, phone, social]

    # Who owns touchpoints, and who holds some of them for you.
    teams: [marketing, shop, {support: {title: Customer support, mail: support@example.com}}]
    partners: {parcel_service: {title: Parcel service}}

    touchpoints:
      # `on` is an event's name, a list of names, or a condition on one event.
      ad:           {stage: awareness, channel: social, on: Ad Clicked, owner: marketing, cost: 0.40}
      search:       {stage: awareness, channel: web, on: Search Arrived, owner: marketing}
      product_page:
        stage: consideration
        channel: [web, app]
        on: 'event == "Page Viewed" && properties.path.startsWith("/products/")'
        owner: shop
        feeling: 4                  # how it is meant to feel, from 1 (bad) to 5 (delightful)
      cart:         {stage: purchase, channel: [web, app], on: Product Added, owner: shop}
      checkout:     {stage: purchase, channel: [web, app], on: Checkout Started, owner: shop, feeling: 3}
      order:
        stage: purchase
        channel: [web, app]
        on: [Order Completed, Order Placed]
        owner: shop
        value: properties.revenue   # what one order is worth: a number from the event
        moment_of_truth: true       # the outcome is decided here more than elsewhere
        backstage: [reserve stock, pick and pack]
        support: [stock system, payment provider]
      delivery:
        stage: service
        on: Parcel Delivered
        owner: support
        control: partner            # owned (default), partner, or external
        partner: parcel_service
        expects: {within: 3d, of: order}
        feeling: 5
      support_call:
        stage: service
        channel: phone
        on: Call Answered
        owner: support
        cost: 6
        score: properties.rating    # how the customer rated it, from 1 to 5
        pain: People call because the tracking page says too little
      cancellation: {stage: service, on: Order Cancelled, owner: support}
      review:       {stage: advocacy, on: Review Posted, control: external}

    # Kinds of customers, drawn as a person. `who` says who belongs to one.
    personas:
      planner:
        title: The planner
        goal: Find the right thing the first time
        needs: [advice, certainty]
        pains: [unclear sizes]
        channels: [web, phone]
        who: 'traits.newsletter == true'

    # Sets of customers, by a condition on their story so far.
    segments:
      new_customers: 'count("Order Completed") == 0'

    journeys:
      first_order:
        title: From the first visit to the parcel
        kind: decision              # decision, implementation, management, or a name of your own
        for: new_customers
        starts: [ad, search]        # one to three; a customer enters by one of them
        steps:
          - product_page
          - cart
          - checkout
          - order
          - optional: support_call  # also: any: [a, b], all: [a, b], repeat: a
        goal: delivery
        ends: [cancellation]
        window: 30d                 # a case that takes longer counts as abandoned
        again: once                 # or afterEnd, or {after: 30d}
        then: praise
        targets: {completion: ">= 12%", median_time: "<= 5d"}
        owner: shop
      praise:
        title: From the parcel to a review
        kind: management
        for: planner
        starts: [delivery]
        steps: []
        goal: review
        window: 60d

    # How all surveys together treat a person; these are what holds where nothing is said.
    asking: {at_most: 1 per 30d, quiet: "21:00-08:00", address: email, language: language}

    surveys:
      parcel:
        kind: csat                  # nps, csat, ces, rating, choice, text
        title: How the parcel came
        ask: {en: How was your delivery?, de: Wie war die Lieferung?}
        ends: [{en: Very bad, de: Sehr schlecht}, {en: Very good, de: Sehr gut}]
        after: delivery             # also {journey: first_order, outcome: completed}; or every: 90d
        wait: 1d
        share: 50%                  # of those who could be asked
        channels: [mail, page]
        elements:                   # what is rated one by one
          - speed: {ask: {en: Speed, de: Schnelligkeit}, aspect: delivery}
          - carrier: {ask: {en: The carrier, de: Der Zusteller}, partner: parcel_service}
        questions:
          reason: {kind: text, ask: {en: What went wrong?, de: Was lief schief?}, when: {score: 1..3}}
        thanks:                     # the first that holds
          - {when: {score: 4..5}, say: {en: Thank you!, de: Danke!}, link: "https://example.com/review"}
          - {en: Thank you. We read every answer., de: Danke. Wir lesen jede Antwort.}
        loop: {when: {score: 1..2}, to: support, due: 2d}   # which answers somebody has to see to

    # What people speak of in their own words; * stands for any ending.
    themes:
      waiting: [late, slow, wait*, "took too long", spät, warte*]
      packaging: [box, packaging, broken, Verpackung, kaputt*]

    # Other events that somebody has to see to.
    loops:
      bad_review: {on: 'event == "Review Posted" && properties.stars <= 2', about: review, to: support}

    """
}
