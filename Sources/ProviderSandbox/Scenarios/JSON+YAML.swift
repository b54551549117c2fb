internal import Yams

extension JSON {
    /// The value that a YAML node stands for. Texts stay texts where they are quoted.
    init?(yaml node: Node) {
        switch node {
        case .scalar(let scalar):
            let isPlain = scalar.style == .plain || scalar.style == .any
            switch scalar.string {
            case "true" where isPlain: self = .bool(true)
            case "false" where isPlain: self = .bool(false)
            case _ where isPlain && node.null != nil: self = .null
            default:
                self = isPlain && Self.isNumber(scalar.string) ? .number(scalar.string) : .string(scalar.string)
            }
        case .sequence(let sequence): self = .array(sequence.map { JSON(yaml: $0) ?? .null })
        case .mapping(let mapping):
            self = .object(mapping.map { Member($0.key.string ?? "", JSON(yaml: $0.value) ?? .null) })
        default: return nil
        }
    }

    /// Whether this is a number as JSON writes them: `007` and `0x1F` are texts.
    private static func isNumber(_ text: String) -> Bool {
        text.wholeMatch(of: /-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/) != nil
    }
}
