import CPQ
import Events
import Foundation

/// A connection to PostgreSQL; belongs to one thread at a time.
///
/// It waits in small steps, so that whoever is cancelled stops soon, and no longer than it may, even
/// where the other end is silent.
final class PostgreSQL {
  /// What went wrong with a statement, as the server says it.
  struct Failure: Error {
    /// Five letters: the class and the condition of the error.
    var state: String
    var message: String
    var hint: String?
    /// The letter of the statement that it is about, from 1.
    var position: Int?
  }

  private let connection: OpaquePointer
  private let name: String
  /// Texts of the connection that must not be told.
  private let hidden: [String]

  /// How long a connection may take to come about, for a server that wakes up.
  private static let connectPatience = Duration.seconds(15)
  /// How long the server may be silent beyond the time that it has for a statement.
  private static let grace = Duration.seconds(10)

  /// Connects.
  ///
  /// - Parameters:
  ///   - address: a connection string of libpq; empty: its own variables say it.
  ///   - name: what faults call it.
  /// - Throws: `source.connection`; `CancellationError`.
  init(_ address: String, name: String) throws {
    let options = [
      ("fallback_application_name", "waymark"), ("dbname", address), ("client_encoding", "UTF8"),
    ]
    let keys = options.map { strdup($0.0) }
    let values = options.map { strdup($0.1) }
    defer { for text in keys + values { free(text) } }
    let connection = PQconnectStartParams(
      keys.map { UnsafePointer($0) } + [nil], values.map { UnsafePointer($0) } + [nil], 1)
    guard let connection else {
      throw Fault.connection(name, "There is no memory for a connection.")
    }
    self.connection = connection
    self.name = name
    hidden = Self.hiddenTexts(connection, address)
    let isReadable = PQstatus(connection) != CONNECTION_BAD
    // What functions of the database have to say is for its own people.
    PQsetNoticeReceiver(connection, { _, _ in }, nil)
    guard isReadable else { throw connectionFault(address.isEmpty ? nil : Self.unreadable) }
    try connect()
  }

  private static let unreadable =
    "The connection string can't be read, or names something that there is not."

  deinit { PQfinish(connection) }

  private func connect() throws {
    let end = ContinuousClock.now + Self.connectPatience
    var state = PGRES_POLLING_WRITING
    while true {
      switch state {
      case PGRES_POLLING_OK: return
      case PGRES_POLLING_READING: try wait(Int16(POLLIN), until: end)
      case PGRES_POLLING_WRITING: try wait(Int16(POLLOUT), until: end)
      default: throw connectionFault()
      }
      state = PQconnectPoll(connection)
    }
  }

  /// Waits until the connection can be read or written.
  private func wait(_ events: Int16, until end: ContinuousClock.Instant) throws {
    while true {
      try Task.checkCancellation()
      guard ContinuousClock.now < end else {
        throw Fault.connection(name, "The server doesn't answer.")
      }
      var descriptor = pollfd(fd: PQsocket(connection), events: events, revents: 0)
      guard descriptor.fd >= 0 else { throw connectionFault() }
      let count = poll(&descriptor, 1, 100)
      if count > 0 { return }
      guard count == 0 || errno == EINTR else { throw connectionFault() }
    }
  }

  /// Runs one statement, or several without parameters.
  ///
  /// - Parameter timeout: how long the server has for it.
  /// - Throws: `Failure` where the server refuses it; `source.connection`; `CancellationError`.
  func run(
    _ statement: String, _ parameters: [String]? = nil, within timeout: Duration
  ) throws -> Rows {
    let sent =
      if let parameters {
        send(statement, parameters)
      } else {
        PQsendQuery(connection, statement)
      }
    guard sent == 1 else { throw connectionFault() }
    let end = ContinuousClock.now + timeout + Self.grace
    var last: Rows?
    var failure: Failure?
    while let result = try next(until: end) {
      let rows = Rows(result)
      if failure == nil { failure = rows.failure }
      last = rows
    }
    if let failure {
      guard PQstatus(connection) == CONNECTION_OK else { throw connectionFault() }
      throw failure
    }
    guard let last else { throw connectionFault() }
    return last
  }

  private func send(_ statement: String, _ parameters: [String]) -> Int32 {
    let values = parameters.map { strdup($0) }
    defer { for value in values { free(value) } }
    return PQsendQueryParams(
      connection, statement, Int32(values.count), nil, values.map { UnsafePointer($0) }, nil, nil,
      0)
  }

  private func next(until end: ContinuousClock.Instant) throws -> OpaquePointer? {
    while PQisBusy(connection) == 1 {
      try wait(Int16(POLLIN), until: end)
      guard PQconsumeInput(connection) == 1 else { throw connectionFault() }
    }
    return PQgetResult(connection)
  }

  /// The fault of a connection that isn't there; what it tells names no host, user or password.
  private func connectionFault(_ problem: String? = nil) -> Fault {
    if let problem { return .connection(name, problem) }
    let message = String(cString: PQerrorMessage(connection))
    let line = message.split(separator: "\n").last.map(String.init) ?? ""
    // What libpq writes before this says where the server is.
    let reason = line.components(separatedBy: " failed: ").last ?? line
    return .connection(name, "PostgreSQL can't be reached: \(Self.masked(reason, hidden)).")
  }

  /// The text without what is between quotes, and without the texts of the connection.
  static func masked(_ text: String, _ hidden: [String]) -> String {
    var text = text.replacing(#/"[^"]*"?/#, with: "…")
    for secret in hidden { text = text.replacing(secret, with: "…") }
    while text.last.map({ $0.isWhitespace || $0 == "." }) == true { text.removeLast() }
    return String(text.prefix(300))
  }

  private static func hiddenTexts(_ connection: OpaquePointer, _ address: String) -> [String] {
    guard let options = PQconninfo(connection) else { return [address] }
    defer { PQconninfoFree(options) }
    var texts = Set([address])
    var option = options
    let secret: Set = [
      "host", "hostaddr", "user", "password", "passfile", "dbname", "service", "sslpassword",
      "sslkey",
    ]
    while let keyword = option.pointee.keyword {
      if secret.contains(String(cString: keyword)), let value = option.pointee.val {
        texts.insert(String(cString: value))
      }
      option += 1
    }
    return texts.filter { $0.count > 1 }.sorted { $0.count > $1.count }
  }
}

extension Fault {
  fileprivate static func connection(_ name: String, _ problem: String) -> Fault {
    Fault(
      "source.connection", subject: name, problem: problem,
      remedy: "It is tried again; look at the database, and at the connection string.")
  }
}
