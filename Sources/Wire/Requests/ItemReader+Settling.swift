import Events
import Stories

/// Settles when it happened, who did it, what it is and by what it is recognised.
extension ItemReader {
  /// The instant of a text; nil where it is none.
  mutating func instant(_ text: Text) -> Int64? { try? clock.read(text) }

  /// The instant of a text that is the event's time.
  mutating func time(_ text: Text, field: String) throws(ItemRefusal) -> Instant {
    let failure: TimeReader.Failure
    do throws(TimeReader.Failure) { return Instant(milliseconds: try clock.read(text)) } catch {
      failure = error
    }
    throw ItemRefusal(time: text, field: field, failure)
  }

  /// An instant that was worked out; it has to be one that an event may have.
  func time(_ milliseconds: Int64, field: String) throws(ItemRefusal) -> Instant {
    let instant = Instant(milliseconds: milliseconds)
    guard instant >= .earliest, instant < .tooLate else { throw ItemRefusal(timeRange: field) }
    return instant
  }

  /// Who did it, from the id of a known person and that of a device.
  func identity(
    _ customer: Text?, _ anonymous: Text?, field: String
  ) throws(ItemRefusal) -> (own: Identity, linked: Identity?) {
    // Part of who it is would be lost with an id that is left out.
    if let long = [customer, anonymous].compactMap(\.self).first(where: {
      $0.count > Identity.longestID
    }) {
      throw ItemRefusal(id: long, field: field)
    }
    let device = isID(anonymous) ? anonymous : nil
    if let customer, isID(customer) {
      return (Identity(.user, customer.string), device.map { Identity(.anonymous, $0.string) })
    }
    guard let device else { throw ItemRefusal(id: customer ?? anonymous, field: field) }
    return (Identity(.anonymous, device.string), nil)
  }

  /// Whether a text names somebody.
  @inline(__always) private func isID(_ text: Text?) -> Bool {
    guard let text else { return false }
    return text.count > 0 && !placeholders.contains(Identity.key(.user, text.raw), text)
  }

  /// The name of the event.
  func name(_ text: Text?, field: String) throws(ItemRefusal) -> String {
    guard let text, text.count > 0 else { throw .noEventName(field) }
    guard text.count <= ImportLimits.eventName else {
      throw ItemRefusal(longEventName: text.count, field: field)
    }
    return text.string
  }

  /// What the item is recognised by when it is sent again: the client's id, or else its bytes, as
  /// in a file; with the time of its arrival where it has no other.
  func message(of item: RequestItem, hasTime: Bool) -> String {
    if let id = text(.message) {
      // A long one is told by its hash, which is what it is recognised by anyway.
      return id.count <= Identity.longestID
        ? id.string : Batch.exportedMessage(Batch.messageHash(id: id.raw))
    }
    let raw = UnsafeRawBufferPointer(
      start: document.bytes + item.range.lowerBound, count: item.range.count)
    let seed = hasTime ? 0 : UInt64(bitPattern: around.received.milliseconds)
    return Batch.exportedMessage(stableHash(raw, seed: seed) & ~Batch.explicitMessage)
  }
}
