/// What the words in an event's name say about its place in a journey.
struct EventWords {
  private let words: [String]

  /// Cuts a name at capitals, digits and everything that is no letter: `OrderPaid2` is order, paid.
  init(_ name: String) {
    var words: [String] = []
    var word = ""
    var wasLower = false
    for character in name.prefix(200) {
      let begins = character.isUppercase && wasLower
      if !character.isLetter || begins {
        if !word.isEmpty { words.append(word) }
        word = ""
      }
      if character.isLetter { word += character.lowercased() }
      wasLower = character.isLowercase
    }
    if !word.isEmpty { words.append(word) }
    self.words = words
  }

  /// Whether a word begins with one of the stems; stems under four letters stand for whole words.
  private func hold(_ stems: [String]) -> Bool {
    words.contains { word in
      stems.contains { $0.count < 4 ? word == $0 : word.hasPrefix($0) }
    }
  }

  /// The default stage that the words belong to.
  var stage: String? {
    Self.stages.first { hold($0.stems) }?.stage
  }

  private static let stages: [(stage: String, stems: [String])] = [
    (
      "advocacy",
      ["review", "refer", "nps", "recommend", "share", "rating", "rated", "survey", "testimon"]
    ),
    (
      "service",
      [
        "ticket", "return", "refund", "support", "help", "complain", "claim", "shipment", "shipped",
        "delivered", "tracking", "parcel", "received", "renew", "install", "call", "warranty",
      ]
    ),
    (
      "purchase",
      [
        "cart", "basket", "checkout", "pay", "payment", "paid", "order", "purchase", "buy",
        "bought",
        "delivery", "subscri", "invoice", "contract", "sign", "signed", "signup", "booking",
        "booked", "reserv", "donat", "upgrade",
      ]
    ),
    (
      "awareness",
      [
        "ad", "ads", "advert", "impression", "campaign", "visit", "landing", "home", "main",
        "banner",
      ]
    ),
    (
      "consideration",
      [
        "view", "page", "catalog", "product", "search", "compar", "pricing", "brows", "list",
        "demo", "trial", "wishlist", "quote", "offer", "detail", "category", "item", "article",
        "download", "webinar", "lead", "brochure", "configur",
      ]
    ),
  ]

  /// Whether the words say that something was brought to its end well.
  var completes: Bool {
    hold([
      "done", "complet", "purchase", "paid", "subscribed", "signed", "won", "activated", "convert",
      "success", "approved", "bought", "fulfilled", "accepted", "confirmed", "goal", "resolved",
    ])
  }

  /// Whether the words speak of what often completes a journey.
  var mayComplete: Bool {
    hold(["payment", "order", "checkout", "buy", "closed", "delivered", "received", "booked"])
  }

  /// Whether the words say that a customer is lost.
  var loses: Bool {
    hold([
      "lost", "cancel", "churn", "refus", "reject", "declin", "abandon", "expir", "unsubscri",
      "withdr", "terminat", "dropout", "dropped", "uninstall", "denied", "quit",
    ])
  }

  /// Whether the words speak of trouble or of machinery, neither of which anybody sets out for.
  var isNoGoal: Bool {
    loses
      || hold([
        "error", "fail", "session", "logout", "heartbeat", "ping", "crash", "exit", "refund",
        "return", "complain", "appeal", "penalty", "collection", "warning", "timeout", "close",
      ]) && !hold(["closed"])
  }
}
