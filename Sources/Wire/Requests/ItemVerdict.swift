import Events

/// What became of one item of a request.
enum ItemVerdict {
  case taken, repeated
  case refused(ItemRefusal)
  case nothing(String)

  /// The word for it in answers.
  var name: String {
    switch self {
    case .taken: "taken"
    case .repeated: "repeated"
    case .refused: "refused"
    case .nothing: "nothing"
    }
  }
}

/// What became of all items of a request.
struct ItemVerdicts {
  private(set) var all: [ItemVerdict] = []
  private(set) var taken = 0
  private(set) var repeated = 0
  private(set) var refused = 0
  private(set) var nothing = 0

  init(_ request: CollectedRequest, _ outcomes: [ItemOutcome]) {
    all.reserveCapacity(request.items.count)
    var next = outcomes.makeIterator()
    for item in request.items {
      let verdict: ItemVerdict =
        switch item {
        case .refused(let refusal): .refused(refusal)
        case .nothing(let reason): .nothing(reason)
        case .event(let event):
          switch next.next() {
          case .taken: .taken
          case .repeated: .repeated
          case .refused(let refusal): .refused(ItemRefusal(refusal, of: event))
          case nil: .refused(ItemRefusal(unanswered: event))
          }
        }
      append(verdict.withoutKey(request.key))
    }
  }

  private mutating func append(_ verdict: ItemVerdict) {
    switch verdict {
    case .taken: taken += 1
    case .repeated: repeated += 1
    case .refused: refused += 1
    case .nothing: nothing += 1
    }
    all.append(verdict)
  }

  /// The status of HTTP for a client that wants to be told.
  func status(_ mode: CollectionMode) -> Int {
    if mode == .tolerant || refused == 0 { return 200 }
    return refused == all.count ? 400 : 207
  }

  /// The refusals and their positions, at most as many as an answer lists.
  var listedRefusals: [(index: Int, refusal: ItemRefusal)] {
    var listed: [(index: Int, refusal: ItemRefusal)] = []
    for (index, verdict) in all.enumerated() where listed.count < CollectionLimits.listed {
      if case .refused(let refusal) = verdict { listed.append((index, refusal)) }
    }
    return listed
  }
}

extension ItemRefusal {
  /// A refusal of the store.
  init(_ refusal: Refusal, of event: Event) {
    self.init(refusal.code, problem: refusal.problem, remedy: refusal.remedy)
    messageID = event.messageID
  }

  /// Nothing is claimed of an event that nobody spoke of.
  init(unanswered event: Event) {
    self.init(
      Self.unanswered, problem: "The event was read, and nothing is known of its storing.",
      remedy: "Send it again.")
    messageID = event.messageID
  }

  static let unanswered = "collection.unanswered"

  /// The same, with a mark where a text quotes the write key.
  func withoutKey(_ key: String) -> ItemRefusal {
    guard [problem, field, messageID].contains(where: { $0?.contains(key) ?? false }) else {
      return self
    }
    var other = ItemRefusal(
      field: field?.replacing(key, with: "…"), code, problem: problem.replacing(key, with: "…"),
      remedy: remedy)
    other.messageID = messageID?.replacing(key, with: "…")
    return other
  }
}

extension ItemVerdict {
  fileprivate func withoutKey(_ key: String?) -> ItemVerdict {
    guard let key, case .refused(let refusal) = self else { return self }
    return .refused(refusal.withoutKey(key))
  }
}
