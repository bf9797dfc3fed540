import Events

/// What single texts stand for, read as files and requests are.
public enum FieldText {
  /// The number that a text stands for; nil where it is none, or more exact than a number can be.
  public static func number(_ text: String) -> Double? {
    with(text) { readNumber($0) ?? $0.longFraction }
  }

  /// Runs a body on a text whose bytes can be read ahead.
  fileprivate static func with<Value>(_ text: String, _ body: (Text) -> Value) -> Value {
    let bytes = Array(text.utf8) + [UInt8](repeating: 0, count: 16)
    return bytes.withUnsafeBufferPointer { buffer in
      guard let start = buffer.baseAddress else { preconditionFailure("There are 16 bytes.") }
      return body(Text(start, buffer.count - 16))
    }
  }
}

/// Reads times of one column or field; it belongs to one thread.
public struct FieldClock {
  private var reader: TimeReader

  /// Makes a clock for times in a form; those that name no zone are in this one.
  ///
  /// - Throws: `import.zone` where there is no such zone.
  public init(_ format: TimeFormat, zone: String) throws(Refusal) {
    let order: DateOrder =
      switch format {
      case .dayFirst: .dayFirst
      case .monthFirst: .monthFirst
      default: .unknown
      }
    reader = TimeReader(format: format, order: order, zone: try ZoneTable.named(zone))
  }

  /// The instant that a text stands for.
  ///
  /// - Parameter field: what the text is called in the refusal.
  /// - Throws: `time.form`, `time.range`, `time.order`.
  public mutating func read(_ text: String, field: String) throws(ItemRefusal) -> Instant {
    let result: Result<Int64, ItemRefusal> = FieldText.with(text) { text in
      do throws(TimeReader.Failure) { return .success(try reader.read(text)) } catch {
        return .failure(ItemRefusal(time: text, field: field, error))
      }
    }
    return Instant(milliseconds: try result.get())
  }
}
