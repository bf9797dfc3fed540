import Foundation

/// Writes a value as JSON with sorted keys and dates as they encode themselves.
func writeJSON(_ value: some Encodable) throws {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
  Terminal.print(String(decoding: try encoder.encode(value), as: UTF8.self))
}
