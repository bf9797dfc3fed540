import Events

/// A request of a client that sends events, as the server received it.
public struct CollectionRequest: Sendable {
  /// The path without host and query: `/v1/batch`.
  public var path: String
  /// The query's values by name, percent-decoded.
  public var query: [String: String]
  /// The header `Authorization` as it came.
  public var authorization: String?
  /// The header `Content-Type` as it came.
  public var contentType: String?
  /// The body, decompressed.
  public var body: [UInt8]
  /// When the server received the request.
  public var received: Instant
  /// How refusals are answered; nil: as `strict` of the query says, tolerant where it says nothing.
  public var mode: CollectionMode?

  /// Makes a request.
  public init(
    path: String, query: [String: String] = [:], authorization: String? = nil,
    contentType: String? = nil, body: [UInt8], received: Instant, mode: CollectionMode? = nil
  ) {
    self.path = path
    self.query = query
    self.authorization = authorization
    self.contentType = contentType
    self.body = body
    self.received = received
    self.mode = mode
  }
}

/// How a request is answered of which some items were refused.
public enum CollectionMode: Sendable {
  /// By 400 where nothing was taken and by 207 where something was.
  case strict
  /// By 200, as the peers do; the refusals are in the body where the client tolerates it.
  case tolerant
}

/// Bounds on one request; whoever sends may be hostile.
public enum CollectionLimits {
  /// The longest body in bytes after decompression: as much as Mixpanel takes in one import, and
  /// twenty times what Segment takes.
  public static let body = 10 << 20
  /// The most items of a request, which are stored in one transaction: five times what the peers'
  /// clients send at once.
  public static let items = 10_000
  /// The most values of a body: each takes 24 bytes while it is read.
  public static let values = 1 << 20
  /// The deepest nesting of a body; one of its items may nest `ImportLimits.depth` deep.
  public static let depth = 64
  /// The most values that a batch may give to all its items: each item holds them again.
  public static let shared = 64
  /// The most refusals that an answer lists; the others are only counted.
  public static let listed = 1000
  /// The longest write key in bytes.
  public static let key = 256
}

/// Why an item of a request, or one value of it, was not taken.
public struct ItemRefusal: Error, Sendable, Equatable {
  /// The path of the value that it is about; nil where it is about the whole item.
  public let field: String?
  /// A stable dotted name without values in it: `time.form`.
  public let code: String
  /// What is wrong, with the value.
  public let problem: String
  /// What to do instead.
  public let remedy: String
  /// The id under which the client knows the item, for the answers that name it.
  var messageID: String?

  /// Makes a refusal.
  public init(field: String? = nil, _ code: String, problem: String, remedy: String) {
    self.field = field
    self.code = code
    self.problem = problem
    self.remedy = remedy
  }
}

/// What one item of a request is.
public enum CollectedItem: Sendable, Equatable {
  case event(Event)
  case refused(ItemRefusal)
  /// A call that stands for no event, and why.
  case nothing(String)
}

/// A value that was left out of an item that was taken.
public struct LeftOutValue: Sendable, Equatable {
  /// The item's position in the request, from 0.
  public let index: Int
  /// Which value, and why.
  public let refusal: ItemRefusal
}

/// What a request held.
public struct CollectedRequest: Sendable {
  /// The write key as the client sent it; nil where it sent none. It is not checked yet.
  public let key: String?
  /// The language that the client speaks.
  public let dialect: CollectionDialect
  /// How refusals are answered.
  public let mode: CollectionMode
  /// The items in the order of the request.
  public let items: [CollectedItem]
  /// Values that were left out of items that were taken.
  public let leftOut: [LeftOutValue]
  let style: AnswerStyle
  let texts: ItemTexts

  /// The beginning of an item as it was sent, whatever it holds.
  public func text(ofItem index: Int, upTo limit: Int) -> String {
    let range = texts.ranges[index]
    return String(decoding: texts.payload[range].prefix(limit), as: UTF8.self)
  }

  /// The events among the items, in their order; each wants an outcome.
  public var events: [Event] {
    items.compactMap { if case .event(let event) = $0 { event } else { nil } }
  }
}

/// Where the items of a request lie in its body.
struct ItemTexts: Sendable {
  var payload: [UInt8]
  var ranges: [Range<Int>]
}

/// What the client asked for in its answer.
struct AnswerStyle: Sendable, Equatable {
  /// Every item's verdict, not only those of items that were not taken.
  var listsAll = false
  /// Mixpanel's answer as an object and not as a digit.
  var isVerbose = false
  /// The request came as a form, which old clients of Mixpanel send.
  var isForm = false
}

/// Why a whole request cannot be taken; the server may add reasons of its own, such as 401 or 503.
public struct CollectionFailure: Error, Sendable, Equatable {
  /// The status of HTTP.
  public let status: Int
  /// A stable dotted name without values in it: `body.json`.
  public let code: String
  /// What is wrong.
  public let problem: String
  /// What to do instead.
  public let remedy: String
  /// After how many seconds to try again; nil where that would not help.
  public let retryAfter: Int?

  /// Makes a failure.
  public init(
    status: Int, _ code: String, problem: String, remedy: String, retryAfter: Int? = nil
  ) {
    self.status = status
    self.code = code
    self.problem = problem
    self.remedy = remedy
    self.retryAfter = retryAfter
  }
}

/// What became of one event.
public enum ItemOutcome: Sendable, Equatable {
  /// It is stored.
  case taken
  /// It had been stored before.
  case repeated
  /// It could not be stored.
  case refused(Refusal)
}

/// What the server answers.
public struct CollectionAnswer: Sendable, Equatable {
  /// The status of HTTP.
  public var status: Int
  /// The header `Content-Type`.
  public var contentType: String
  /// The body.
  public var body: [UInt8]
  /// Other headers.
  public var headers: [String: String] = [:]
}
