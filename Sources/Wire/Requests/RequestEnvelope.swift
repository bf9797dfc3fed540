import Events

/// What a request says around its items.
struct RequestEnvelope {
  /// The write key as the client sent it.
  private(set) var key: String?
  /// What holds for all items.
  private(set) var surroundings: ItemReader.Surroundings

  init(
    _ items: RequestItems, of document: borrowing JSONDocument, _ request: CollectionRequest,
    _ dialect: CollectionDialect, formKey: String?, clock: consuming TimeReader
  ) {
    surroundings = ItemReader.Surroundings(received: request.received)
    key = writeKey(ofAuthorization: request.authorization)
    switch dialect {
    case .plain: break
    case .segment(let call):
      guard let envelope = items.envelope else { break }
      key = key ?? boundedKey(document.string("writeKey", of: envelope))
      guard call == .batch else { break }
      surroundings.context = document.member("context", of: envelope)
      surroundings.sent = document.instant("sentAt", of: envelope, &clock)
    case .posthog(let call):
      readPostHog(items, of: document, request, call, formKey: formKey, &clock)
    case .mixpanel:
      guard key == nil else { break }
      key = items.first.flatMap { Self.mixpanelKey(of: $0, in: document) }
      surroundings.key = key
      key = key ?? boundedKey(formKey)
    }
  }

  private mutating func readPostHog(
    _ items: RequestItems, of document: borrowing JSONDocument, _ request: CollectionRequest,
    _ call: PostHogCall, formKey: String?, _ clock: inout TimeReader
  ) {
    if let envelope = items.envelope {
      for name in ["api_key", "token"] as [StaticString] where key == nil {
        key = boundedKey(document.string(name, of: envelope))
      }
      surroundings.sent =
        document.instant("sent_at", of: envelope, &clock) ?? document.instant(
          "sentAt", of: envelope, &clock)
        ?? (call == .analytics ? document.instant("created_at", of: envelope, &clock) : nil)
      let migration = document.member("historical_migration", of: envelope)
      surroundings.isHistorical =
        migration.map { document.nodes.base[$0].kind == .yes } ?? false
    }
    // A browser says when it sent the request in the address.
    if surroundings.sent == nil, let sent = request.query["_"], sent.utf8.count == 13 {
      surroundings.sent = Int64(sent)
    }
    guard key == nil else { return }
    key = items.first.flatMap { Self.postHogKey(of: $0, in: document) }
    surroundings.key = key
    key = key ?? boundedKey(formKey)
  }

  private static func postHogKey(of item: Int, in document: borrowing JSONDocument) -> String? {
    for name in ["api_key", "token"] as [StaticString] {
      if let key = boundedKey(document.string(name, of: item)) { return key }
    }
    guard let properties = document.member("properties", of: item) else { return nil }
    return boundedKey(document.string("token", of: properties))
  }

  private static func mixpanelKey(of item: Int, in document: borrowing JSONDocument) -> String? {
    if let key = boundedKey(document.string("$token", of: item)) { return key }
    guard let properties = document.member("properties", of: item) else { return nil }
    return boundedKey(document.string("token", of: properties))
  }
}

extension RequestItems {
  /// The node of the first item that is one.
  fileprivate var first: Int? {
    for item in all { if case .value(let value) = item { return value.root } }
    return nil
  }
}

extension JSONDocument {
  /// The instant that a member names; nil where it names none.
  fileprivate func instant(
    _ name: StaticString, of object: Int, _ clock: inout TimeReader
  ) -> Int64? {
    guard let node = member(name, of: object),
      nodes.base[node].kind == .text || nodes.base[node].kind == .number
    else { return nil }
    return try? clock.read(text(node))
  }
}
