import Foundation

/// What a language model is asked: instructions, and a text to which they apply.
///
/// - SeeAlso: OpenAI's API reference, Create chat completion.
public struct ChatRequest: Sendable, Equatable {
  /// The body as it is sent: JSON in UTF-8.
  public let body: [UInt8]

  private struct Message: Encodable {
    var role: String
    var content: String
  }

  /// Only what all servers that complete chats know.
  private struct Body: Encodable {
    var model: String
    var messages: [Message]
    var stream = false
  }

  /// Asks a model.
  public init(model: String, instructions: String, text: String) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let messages = [
      Message(role: "system", content: instructions), Message(role: "user", content: text),
    ]
    do { body = Array(try encoder.encode(Body(model: model, messages: messages))) } catch {
      preconditionFailure("Texts can always be written as JSON.")
    }
  }
}
