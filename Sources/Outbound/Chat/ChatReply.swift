import Events
import Foundation

/// What a language model answered: anybody's text, whatever it was told to write.
public struct ChatReply: Sendable, Equatable {
  /// The longest text that is taken, in characters: ten times what a summary should have.
  public static let longest = 12_000

  /// The text, without the key that was sent.
  public let text: String
  /// Whether the model's limit or ours ended it early.
  public let isCut: Bool

  private struct Body: Decodable {
    struct Choice: Decodable {
      struct Message: Decodable { var content: String? }
      var message: Message
      var finish_reason: String?
    }
    var choices: [Choice]
  }

  /// Servers write this as an object, as a text, or not at all.
  private struct Complaint: Decodable {
    struct Error: Decodable {
      var code: String?
      var type: String?

      private enum CodingKeys: String, CodingKey { case code, type }

      init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        // A code that is a number says no more than the status.
        code = try? fields.decode(String.self, forKey: .code)
        type = try? fields.decode(String.self, forKey: .type)
      }
    }
    var error: Error
  }

  /// Reads the answer of a server.
  ///
  /// - Throws: `model.key`, `model.limit`, `model.refused`, `model.failed`, `model.redirect` by its
  ///   status; `model.reply` where it is no answer to a chat, `model.empty` where that is empty. None
  ///   holds the server's sentences, which may repeat the key or customers' words.
  init(_ answer: OutboundAnswer, from settings: ChatSettings) throws(Fault) {
    let host = settings.place?.host ?? ""
    func fault(_ code: String, _ problem: String, _ remedy: String) -> Fault {
      Fault("model.\(code)", subject: host, problem: problem, remedy: remedy)
    }
    guard answer.status == 200 else {
      let (code, meaning, remedy) = Self.meaning(of: answer.status)
      let word = Self.word(of: answer.body, without: settings.key).map { " (\($0))" } ?? ""
      throw fault(code, "\(host) answered \(answer.status)\(word): \(meaning)", remedy)
    }
    guard let body = try? JSONDecoder().decode(Body.self, from: Data(answer.body)) else {
      throw fault(
        "reply", "\(host) answered with something that is no completed chat.",
        "Look at summaries.url: most end with /v1.")
    }
    let whole = (body.choices.first?.message.content ?? "")
      .trimmingCharacters(in: .whitespacesAndNewlines)
    guard let choice = body.choices.first, !whole.isEmpty else {
      throw fault(
        "empty", "The model answered nothing.",
        "Ask again, or ask another model or for fewer texts.")
    }
    text = String(Self.without(settings.key, whole).prefix(Self.longest))
    isCut = choice.finish_reason == "length" || whole.count > Self.longest
  }

  private static func meaning(
    of status: Int
  ) -> (code: String, meaning: String, remedy: String) {
    switch status {
    case 401, 403:
      ("key", "it doesn't take the key.", "Look at summaries.key and what it may do there.")
    case 429:
      ("limit", "there were too many requests, or the account is used up.", "Try again later.")
    case 300..<400:
      ("redirect", "it sends the request on.", "Set summaries.url to where it is sent on to.")
    case 404:
      (
        "refused", "there is no such address or model.",
        "Look at summaries.url, which mostly ends with /v1, and at summaries.model."
      )
    case 400..<500:
      (
        "refused", "it doesn't take the request.",
        "Look at summaries.model and how long its texts may be; summaries.texts makes them fewer."
      )
    default: ("failed", "it failed.", "Look at that server, or try again later.")
    }
  }

  /// The word by which a server names what is wrong: `model_not_found`.
  private static func word(of body: [UInt8], without key: String?) -> String? {
    let error = try? JSONDecoder().decode(Complaint.self, from: Data(body)).error
    guard let word = error?.code ?? error?.type,
      // Nothing but a name: sentences stay away.
      word.wholeMatch(of: /[a-z][a-z_.]{2,59}/) != nil, without(key, word) == word
    else { return nil }
    return word
  }

  /// A text in which the key doesn't stand, should a server send it back.
  private static func without(_ key: String?, _ text: String) -> String {
    // Shorter ones are words such as `none`, for servers that look at no key.
    guard let key, key.count >= 8 else { return text }
    return text.replacing(key, with: "***")
  }
}
