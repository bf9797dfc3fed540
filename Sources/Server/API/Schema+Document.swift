extension Schema {
  /// The form as JSON Schema; types with a name are referred to.
  var document: JSONValue {
    var members = self.members
    if !meaning.isEmpty { members["description"] = .text(meaning) }
    if let example { members["examples"] = [example] }
    return .object(members)
  }

  private var members: [String: JSONValue] {
    switch kind {
    case .anything: return [:]
    case .boolean: return ["type": "boolean"]
    case .integer(let range):
      return [
        "type": "integer", "minimum": .integer(range.lowerBound),
        "maximum": .integer(range.upperBound),
      ]
    case .text(let length):
      return [
        "type": "string", "minLength": .integer(length.lowerBound),
        "maxLength": .integer(length.upperBound),
      ]
    case .word(let words): return ["type": "string", "enum": .list(words.map(JSONValue.text))]
    case .moment: return ["type": "string", "format": "date-time"]
    case .list(let item, let count):
      var members: [String: JSONValue] = ["type": "array", "items": item.document]
      if count.lowerBound > 0 { members["minItems"] = .integer(count.lowerBound) }
      if count.upperBound < .max { members["maxItems"] = .integer(count.upperBound) }
      return members
    case .map(let value): return ["type": "object", "additionalProperties": value.document]
    case .component(let name, _): return ["$ref": .text("#/components/schemas/\(name)")]
    case .given(let schema):
      guard case .object(var members) = schema else { return [:] }
      members["$schema"] = nil
      return members
    case .object(let fields, let others, let count):
      var members: [String: JSONValue] = [
        "type": "object",
        "properties": .object(
          Dictionary(fields.map { ($0.name, $0.schema.document) }) { $1 }),
      ]
      let required = fields.filter { $0.presence == .required }.map { JSONValue.text($0.name) }
      if !required.isEmpty { members["required"] = .list(required) }
      if others == .refused { members["additionalProperties"] = false }
      if count.lowerBound > 0 { members["minProperties"] = .integer(count.lowerBound) }
      if count.upperBound < .max { members["maxProperties"] = .integer(count.upperBound) }
      return members
    }
  }

  /// The forms with a name that occur in this one, by name.
  func collect(into components: inout [String: Schema]) {
    switch kind {
    case .component(let name, let schema):
      guard components[name] == nil else { return }
      let schema = schema()
      components[name] = schema
      schema.collect(into: &components)
    case .list(let item, _): item.collect(into: &components)
    case .map(let value): value.collect(into: &components)
    case .object(let fields, _, _): fields.forEach { $0.schema.collect(into: &components) }
    default: return
    }
  }

  /// A value of the form, made of the examples; objects with as many members as they may have.
  var sample: JSONValue {
    if let example { return example }
    switch kind {
    case .component(_, let schema): return schema().sample
    case .list(let item, _): return [item.sample]
    case .object(let fields, _, let count):
      let shown = fields.filter { $0.presence == .required || !$0.schema.isBare }
      return .object(
        Dictionary(shown.prefix(count.upperBound).map { ($0.name, $0.schema.sample) }) { $1 })
    default: return .object([:])
    }
  }

  /// Whether there is no example of it.
  private var isBare: Bool {
    switch kind {
    case .component, .list, .object: false
    default: example == nil
    }
  }
}
