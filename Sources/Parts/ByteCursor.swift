/// Reads numbers and texts from bytes and never leaves them.
struct ByteCursor {
  private let bytes: UnsafeRawBufferPointer
  private var position = 0

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  var isAtEnd: Bool { position == bytes.count }

  mutating func number<Number: FixedWidthInteger & BitwiseCopyable>(
    _ type: Number.Type
  ) -> Number? {
    guard bytes.count - position >= MemoryLayout<Number>.size else { return nil }
    defer { position += MemoryLayout<Number>.size }
    return bytes.number(at: position, as: type)
  }

  /// A number that is less than a limit.
  mutating func count(below limit: UInt64) -> Int? {
    guard let number = number(UInt64.self), number < limit else { return nil }
    return Int(exactly: number)
  }

  /// A text of that many bytes; nil where it is no UTF-8.
  mutating func text(_ length: Int) -> String? {
    guard bytes.count - position >= length else { return nil }
    defer { position += length }
    return String(validating: bytes[position..<(position + length)], as: UTF8.self)
  }
}

extension UnsafeRawBufferPointer {
  /// The little-endian number at an offset, which has to lie inside.
  func number<Number: FixedWidthInteger & BitwiseCopyable>(
    at offset: Int, as type: Number.Type
  ) -> Number {
    precondition(offset >= 0 && count - offset >= MemoryLayout<Number>.size)
    return Number(littleEndian: loadUnaligned(fromByteOffset: offset, as: type))
  }
}

extension [UInt8] {
  /// Appends the bytes of a number, the lowest first.
  mutating func append<Number: FixedWidthInteger>(number: Number) {
    Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
  }
}
