import Foundation

/// Writes a value as JSON with sorted keys and dates as they encode themselves.
func writeJSON(_ value: some Encodable) throws { Terminal.print(try jsonText(value)) }

/// The value as JSON with sorted keys.
func jsonText(_ value: some Encodable) throws -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
  return String(decoding: try encoder.encode(value), as: UTF8.self)
}
