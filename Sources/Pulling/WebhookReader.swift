import Accounts
import Events
import Experience
import Store
import Wire

/// Where something is in a request: in the item, in the whole body (`$.id`), or in a header
/// (`header:X-GitHub-Event`).
enum FieldPath: Equatable {
  case item([Substring])
  case body([Substring])
  case header(String)

  init(_ text: String) {
    if text.hasPrefix("header:") {
      self = .header(String(text.dropFirst("header:".count)))
    } else if text == "$" {
      self = .body([])
    } else if text.hasPrefix("$.") {
      self = .body(text.dropFirst(2).split(separator: "."))
    } else {
      self = .item(text.split(separator: "."))
    }
  }
}

/// Checks signed requests of one source, and makes events of what they hold.
public struct WebhookReader: Sendable {
  /// One item of a request.
  public enum Item: Sendable {
    /// An event, and the values that it has to do without.
    case event(Event, leftOut: [ItemRefusal])
    case refused(ItemRefusal, text: String)
    /// An event of a name that is not taken.
    case nothing(String)
  }

  private let source: EventSource
  private let webhook: EventSource.Webhook

  /// Makes a reader; nil where the source is no webhook.
  public init?(_ source: EventSource) {
    guard case .webhook(let webhook) = source.kind else { return nil }
    self.source = source
    self.webhook = webhook
  }

  /// Refuses a request that somebody without the secret may have made.
  ///
  /// - Throws: `hook.signature`, `hook.timestamp`.
  public func check(
    _ body: [UInt8], secret: String, now: Instant, header: (String) -> String?
  ) throws(Refusal) {
    try SignatureCheck.check(
      webhook.signature, of: body, secret: secret, now: now, header: header)
  }

  /// The items of a body.
  ///
  /// - Parameter received: the time of events where the mapping says of none.
  /// - Throws: where the body as a whole can't be read: `json.…`, `hook.each`, `body.count`.
  public func read(
    _ body: [UInt8], received: Instant, header: @escaping (String) -> String?
  ) throws(ItemRefusal) -> [Item] {
    let root = try JSONValue(parsing: body)
    let items = try items(of: root)
    var mapper: EventMapper
    do throws(Refusal) { mapper = try EventMapper(source.mapping) } catch {
      throw ItemRefusal(error)
    }
    var own: String?
    return items.enumerated().map { index, item in
      let place = Place(item: item, root: root, header: header)
      func text(_ path: String?) -> String? { path.flatMap { place.value(at: $0)?.plain } }
      let mapping = source.mapping
      do throws(ItemRefusal) {
        var event = try mapper.event(
          EventMapper.Parts(
            event: text(mapping.event), customer: text(mapping.customer),
            anonymous: text(mapping.anonymous), time: text(mapping.time),
            channel: text(mapping.channel)), received: received)
        guard webhook.only.isEmpty || webhook.only.contains(event.name) else {
          return .nothing("“\(event.name.prefix(80))” is not among the events that are taken.")
        }
        if let id = text(mapping.messageID), !id.isEmpty {
          event.messageID = "\(source.name)/\(id)" + suffix(mapping.messageID, index)
        } else {
          let hash = own ?? Hashing.sha256(body).hexadecimal
          own = hash
          event.messageID = "\(source.name)/\(hash)/\(index)"
        }
        let leftOut = addProperties(of: place, to: &event)
        return .event(event, leftOut: leftOut)
      } catch {
        return .refused(error, text: item.written)
      }
    }
  }

  /// What tells items apart whose id is that of the whole body.
  private func suffix(_ path: String?, _ index: Int) -> String {
    guard webhook.each != nil, let path, case .item = FieldPath(path) else {
      return webhook.each == nil ? "" : "/\(index)"
    }
    return ""
  }

  private func items(of root: JSONValue) throws(ItemRefusal) -> [JSONValue] {
    guard let each = webhook.each else {
      guard case .object = root else {
        throw ItemRefusal(
          "hook.body", problem: "The body is no object.",
          remedy: "Send an object, or say with “each” where the list of events is.")
      }
      return [root]
    }
    let path: [Substring] =
      switch FieldPath(each) {
      case .item(let path), .body(let path): path
      case .header: []
      }
    guard case .array(let items)? = root.value(at: path) else {
      throw ItemRefusal(
        field: each, "hook.each", problem: "There is no list at \(each).",
        remedy: "Send one, or change “each” of “\(source.name)”.")
    }
    guard items.count <= CollectionLimits.items else {
      throw ItemRefusal(
        field: each, "body.count",
        problem: "The list has \(items.count) items, and at most \(CollectionLimits.items) are "
          + "taken.", remedy: "Send fewer at a time.")
    }
    return items
  }

  /// What the paths of one item lead into.
  private struct Place {
    var item: JSONValue
    var root: JSONValue
    var header: (String) -> String?

    func value(at path: String) -> JSONValue? {
      switch FieldPath(path) {
      case .item(let path): item.value(at: path)
      case .body(let path): root.value(at: path)
      case .header(let name): header(name).map { .text($0) }
      }
    }
  }

  /// Adds the properties that are named, or whatever else the item holds.
  private func addProperties(of place: Place, to event: inout Event) -> [ItemRefusal] {
    var leftOut: [ItemRefusal] = []
    func add(_ name: String, _ value: PropertyValue) {
      if let refusal = EventMapper.add(name, value, to: &event) { leftOut.append(refusal) }
    }
    for (name, path) in webhook.properties {
      place.value(at: path)?.visitProperties(under: name, add)
    }
    guard webhook.properties.isEmpty else { return leftOut }
    let parts = Set(source.mapping.fields)
    place.item.visitProperties { name, value in
      if !parts.contains(name) { add(name, value) }
    }
    return leftOut
  }
}
