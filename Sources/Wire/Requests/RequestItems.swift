/// The items of a request's body.
struct RequestItems {
  /// One item, or why its line holds none.
  enum Item {
    case value(RequestItem)
    case broken(ItemRefusal, Range<Int>)

    /// Its bytes in the body.
    var range: Range<Int> {
      switch self {
      case .value(let item): item.range
      case .broken(_, let range): range
      }
    }
  }

  private(set) var all: [Item] = []
  /// The object that the items came in, or that is the only one; nil of arrays and lines.
  private(set) var envelope: Int?

  /// Whether items may come one a line.
  enum Lines { case never, recognised, always }

  /// Finds the items of a document that was not read yet.
  ///
  /// - Parameter list: the key under which an object holds a list of items; nil where none does.
  init(
    of document: inout JSONDocument, lines: Lines, list: StaticString?
  ) throws(CollectionFailure) {
    if lines == .always {
      try readLines(&document)
      return
    }
    let root: (node: Int, end: Int)
    do throws(JSONProblem) { root = try document.parse(from: 0, to: document.length) } catch {
      throw CollectionFailure(document.isBlank(from: 0) ? .emptyBody : error)
    }
    guard document.isBlank(from: root.end) else {
      guard lines == .recognised else { throw CollectionFailure(.somethingFollows) }
      document.removeAll()
      try readLines(&document)
      return
    }
    try readItems(document, of: root.node, list: list)
  }

  private mutating func readItems(
    _ document: borrowing JSONDocument, of root: Int, list: StaticString?
  ) throws(CollectionFailure) {
    var nodes = [root]
    switch document.nodes.base[root].kind {
    case .array: nodes = document.children(of: root)
    case .object:
      envelope = root
      if let list, let held = document.member(list, of: root) {
        guard document.nodes.base[held].kind == .array else {
          throw CollectionFailure(.noList(list))
        }
        nodes = document.children(of: held)
      }
    default: throw CollectionFailure(.noItems)
    }
    guard nodes.count <= CollectionLimits.items else { throw .tooMany }
    all.reserveCapacity(nodes.count)
    for node in nodes {
      let known = document.nodes.base[node]
      let start = Int(known.start)
      all.append(.value(RequestItem(root: node, range: start..<(start + Int(known.count)))))
    }
  }

  private mutating func readLines(
    _ document: inout JSONDocument
  ) throws(CollectionFailure) {
    var start = 0
    while start < document.length {
      let lineEnd =
        firstPosition(of: 10, in: document.bytes, start..<document.length) ?? document.length
      let end = lineEnd > start && document.bytes[lineEnd - 1] == 13 ? lineEnd - 1 : lineEnd
      if let item = try line(start..<end, of: &document) {
        guard all.count < CollectionLimits.items else { throw .tooMany }
        all.append(item)
      }
      start = lineEnd + 1
    }
  }

  /// The item of a line; nil where it is blank.
  private func line(
    _ range: Range<Int>, of document: inout JSONDocument
  ) throws(CollectionFailure) -> Item? {
    if document.isBlank(from: range.lowerBound, to: range.upperBound) { return nil }
    do throws(JSONProblem) {
      let root = try document.parse(from: range.lowerBound, to: range.upperBound)
      guard document.isBlank(from: root.end, to: range.upperBound) else {
        throw .somethingFollows
      }
      return .value(RequestItem(root: root.node, range: range))
    } catch {
      if error.code == JSONProblem.tooManyValues.code { throw CollectionFailure(error) }
      return .broken(ItemRefusal(error), range)
    }
  }
}

extension JSONDocument {
  /// Whether nothing but blanks lies from a place on.
  fileprivate func isBlank(from start: Int, to end: Int? = nil) -> Bool {
    let end = end ?? length
    var cursor = JSONCursor(bytes, from: start, to: end)
    cursor.skipSpace()
    return cursor.position >= end
  }
}

extension JSONProblem {
  fileprivate static let emptyBody = JSONProblem(
    code: "body.empty", problem: "The request has no body.")
  fileprivate static let somethingFollows = JSONProblem(
    code: "json.syntax", problem: "Something follows the value.")
  fileprivate static let noItems = JSONProblem(
    code: "body.items", problem: "The body is neither an object nor an array.")
  fileprivate static func noList(_ list: StaticString) -> JSONProblem {
    JSONProblem(code: "body.items", problem: "“\(list)” is no array.")
  }
}

extension CollectionFailure {
  /// The failure of a body that cannot be read.
  init(_ problem: JSONProblem) {
    switch problem.code {
    case JSONProblem.tooManyValues.code:
      self.init(
        status: 413, problem.code, problem: problem.problem, remedy: "Send smaller batches.")
    case JSONProblem.emptyBody.code, JSONProblem.noItems.code:
      self.init(
        status: 400, problem.code, problem: problem.problem,
        remedy: "Send an event as an object of JSON, or several in an array.")
    default:
      self.init(
        status: 400, problem.code, problem: "The body cannot be read: \(problem.problem)",
        remedy: "Send JSON as RFC 8259 has it; nothing of the request was taken.")
    }
  }

  static let tooLong = CollectionFailure(
    status: 413, "body.length",
    problem: "The body is longer than \(CollectionLimits.body) bytes.",
    remedy: "Send smaller batches.")
  static let tooMany = CollectionFailure(
    status: 413, "body.count",
    problem: "The request has more than \(CollectionLimits.items) items.",
    remedy: "Send smaller batches.")
}
