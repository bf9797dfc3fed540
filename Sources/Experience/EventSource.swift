import Events

/// Somewhere in the company's own systems from which events come, and what they mean.
///
/// Where it is, and the secrets that open it, are no part of the experience: the environment of the
/// program says so, in the variable that `variable` names.
public struct EventSource: Sendable, Hashable {
  /// What it is.
  public enum Kind: Sendable, Hashable {
    /// A table or view that is asked for new rows now and then.
    case postgresql(Query)
    /// A folder into which files are put.
    case folder
    /// Signed requests that another program sends.
    case webhook(Webhook)

    /// The word for it in the experience.
    public var name: String {
      switch self {
      case .postgresql: "postgresql"
      case .folder: "folder"
      case .webhook: "webhook"
      }
    }
  }

  /// The words for the kinds.
  static let kinds = ["postgresql", "folder", "webhook"]

  /// A question to PostgreSQL that gives the rows after a place.
  public struct Query: Sendable, Hashable {
    /// A `SELECT`, in which `$1` is the cursor's last value.
    public var text: String
    /// The column whose values grow from row to row: an id, or a time.
    public var cursor: String
    /// The value that the cursor has before the first row.
    public var start: String
    /// How long the database may take for an answer.
    public var timeout: TimeSpan

    /// Makes a query.
    public init(
      text: String, cursor: String, start: String, timeout: TimeSpan = Query.usualTimeout
    ) {
      self.text = text
      self.cursor = cursor
      self.start = start
      self.timeout = timeout
    }

    /// How long the database may take where nothing else is said: a minute.
    public static let usualTimeout = TimeSpan(milliseconds: 60_000)
    /// The longest that it may be allowed: a pull holds one of a few places.
    public static let longestTimeout = TimeSpan(milliseconds: 600_000)
  }

  /// Requests of another program.
  public struct Webhook: Sendable, Hashable {
    /// How a request shows that it comes from there.
    public var signature: Signature
    /// The path of the list whose elements are the events; nil: the body is one event.
    public var each: String?
    /// The names of the events that are taken; empty: all.
    public var only: [String]
    /// The paths of properties by their names; empty: whatever the event holds.
    public var properties: [String: String]

    /// Makes a webhook.
    public init(
      signature: Signature, each: String? = nil, only: [String] = [],
      properties: [String: String] = [:]
    ) {
      self.signature = signature
      self.each = each
      self.only = only
      self.properties = properties
    }
  }

  public var name: String
  public var title: String
  public var kind: Kind
  /// How long after one look at it the next begins; nothing to a webhook.
  public var every: TimeSpan
  public var mapping: EventMapping
  public var place: Place

  /// Makes a source.
  public init(
    name: String, title: String? = nil, kind: Kind, every: TimeSpan = EventSource.usualInterval,
    mapping: EventMapping = EventMapping(), place: Place = Place()
  ) {
    self.name = name
    self.title = title ?? name.inSentenceCase
    self.kind = kind
    self.every = every
    self.mapping = mapping
    self.place = place
  }

  /// Whether it says the same as another, wherever the two are written.
  public func says(theSameAs other: EventSource) -> Bool {
    var here = self
    here.place = other.place
    return here == other
  }

  /// How long it is between two looks where nothing else is said: a minute.
  public static let usualInterval = TimeSpan(milliseconds: 60_000)

  /// The variable of the environment that says where it is: a connection string, the path of a
  /// folder, the secret of a webhook's signatures.
  public var variable: String { Self.variable(of: name) }

  /// The variable for a source of that name: `WAYMARK_SOURCE_SHOP_ORDERS` for `shop-orders`.
  static func variable(of name: String) -> String {
    "WAYMARK_SOURCE_" + name.uppercased().replacing("-", with: "_")
  }
}

/// Which columns of a row, or which paths of an object, are the parts of an event.
///
/// The words are those of `waymark import`.
public struct EventMapping: Sendable, Hashable {
  /// How times are written, where their values don't say it; the words are those of `import`.
  public enum Times: String, Sendable, CaseIterable {
    case automatic
    case seconds = "s"
    case milliseconds = "ms"
    case microseconds = "us"
    case nanoseconds = "ns"
    case dayFirst = "day-first"
    case monthFirst = "month-first"
  }

  /// Where the event's name is.
  public var event: String?
  /// The name of every event, or of those that have none.
  public var eventName: String?
  /// Where the customer's id is.
  public var customer: String?
  /// Where the id is that a device made up before the customer was known.
  public var anonymous: String?
  /// Where the time is.
  public var time: String?
  /// Where the id is by which a repeated event is recognised.
  public var messageID: String?
  /// Where the channel is.
  public var channel: String?
  public var times: Times
  /// The IANA time zone of times that name none: the experience's where the source has none of its
  /// own, and nil only before the experience is read to its end.
  public var timezone: String?

  /// Makes a mapping.
  public init(
    event: String? = nil, eventName: String? = nil, customer: String? = nil,
    anonymous: String? = nil, time: String? = nil, messageID: String? = nil,
    channel: String? = nil, times: Times = .automatic, timezone: String? = nil
  ) {
    self.event = event
    self.eventName = eventName
    self.customer = customer
    self.anonymous = anonymous
    self.time = time
    self.messageID = messageID
    self.channel = channel
    self.times = times
    self.timezone = timezone
  }

  /// The columns or paths that it names.
  public var fields: [String] {
    [event, customer, anonymous, time, messageID, channel].compactMap { $0 }
  }
}

/// How a request shows that it was made by somebody who knows a secret: HMAC-SHA256 of its body.
public struct Signature: Sendable, Hashable {
  /// How the bytes of a signature are written.
  public enum Encoding: String, Sendable, CaseIterable { case hex, base64 }

  /// The header that carries it.
  public var header: String
  /// What stands before the signature itself; several signatures may come, with commas between.
  public var prefix: String
  public var encoding: Encoding
  /// What says when it was signed: the name of a header, or, with `=` at its end, what stands before
  /// the time in the signature's own header. Nil: nothing does.
  public var timestamp: String?
  /// The text that is signed, with `{body}` and, where there is a time, `{timestamp}` in it.
  public var signed: String
  /// How old, or how far in the future, the time may be.
  public var tolerance: TimeSpan

  /// Makes a way of signing.
  public init(
    header: String, prefix: String = "", encoding: Encoding = .hex, timestamp: String? = nil,
    signed: String? = nil, tolerance: TimeSpan = Signature.usualTolerance
  ) {
    self.header = header
    self.prefix = prefix
    self.encoding = encoding
    self.timestamp = timestamp
    self.signed = signed ?? (timestamp == nil ? "{body}" : "{timestamp}.{body}")
    self.tolerance = tolerance
  }

  /// Five minutes, as Stripe and Slack have it.
  public static let usualTolerance = TimeSpan(milliseconds: 300_000)

  /// As GitHub signs.
  ///
  /// - SeeAlso: “Validating webhook deliveries” of GitHub's documentation.
  public static let github = Signature(header: "X-Hub-Signature-256", prefix: "sha256=")
  /// As Stripe signs.
  ///
  /// - SeeAlso: “Verify webhook signatures manually” of Stripe's documentation.
  public static let stripe = Signature(header: "Stripe-Signature", prefix: "v1=", timestamp: "t=")

  /// The ways that have a name.
  static let named = ["github": github, "stripe": stripe]
}
