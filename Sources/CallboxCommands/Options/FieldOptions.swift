internal import ArgumentParser
internal import CallboxConfiguration
internal import Deliveries
internal import Providers

/// The flags that a provider declares as `Field`s.
///
/// ArgumentParser reads the flags of a type from the mirror of an empty value and decodes them with `Decodable`.
/// Usually property wrappers provide the mirror and the decoding. In this type, the fields provide both. ArgumentParser
/// still produces help, completions and errors.
struct FieldOptions<Fields: FieldSet>: ParsableArguments {
    /// The values by field name. The value of a file field is a path until `values()` reads the file.
    private var texts: [String: [String]] = [:]

    init() {}

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        for field in Fields.fields {
            let key = Key(stringValue: field.name)
            if field.kind == .flag {
                let isGiven = try container.decode(Flag<Bool>.self, forKey: key).wrappedValue
                texts[field.name] = isGiven ? ["true"] : nil
            } else if field.isRepeated {
                texts[field.name] = try container.decode(Option<[String]>.self, forKey: key).wrappedValue
            } else if field.isRequired {
                texts[field.name] = [try container.decode(Option<String>.self, forKey: key).wrappedValue]
            } else {
                let text = try container.decode(Option<String?>.self, forKey: key).wrappedValue
                texts[field.name] = text.map { [$0] }
            }
        }
    }

    func validate() throws {
        if let problem = Fields.problem(with: FieldValues(checked: texts)) { throw ValidationError(problem) }
    }

    /// The values of all fields. Reads the files.
    func values() throws -> FieldValues {
        var read = texts
        for field in Fields.fields where field.kind == .objectFile {
            read[field.name] = try texts[field.name]?.map {
                String(decoding: try GivenBytes.read($0), as: UTF8.self)
            }
        }
        return FieldValues(checked: read)
    }

    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}

extension FieldOptions: CustomReflectable {
    var customMirror: Mirror {
        Mirror(self, children: Fields.fields.map { field -> Mirror.Child in (field.name, Self.definition(of: field)) })
    }

    private static func definition(of field: Field) -> Any {
        let name = NameSpecification.customLong(field.name)
        let help = ArgumentHelp(
            "\(field.help)", valueName: field.valueName ?? "text", visibility: field.isRare ? .hidden : .default)
        let completion: CompletionKind? =
            switch field.kind {
            case .choice(let words): .list(words)
            case .objectFile, .linkFile: .file()
            default: nil
            }
        let transform: @Sendable (String) throws -> String = { try value($0, of: field) }
        if field.kind == .flag { return Flag(wrappedValue: false, name: name, help: help) }
        if field.isRepeated {
            return Option<[String]>(
                wrappedValue: [], name: name, help: help, completion: completion, transform: transform)
        }
        if field.isRequired {
            return Option<String>(name: name, help: help, completion: completion, transform: transform)
        }
        return Option<String?>(name: name, help: help, completion: completion, transform: transform)
    }

    private static func value(_ text: String, of field: Field) throws -> String {
        var value = text
        switch field.kind {
        case .duration:
            guard let duration = Quantity.duration(text), duration > .zero else {
                throw ValidationError("use a duration such as 5m or 1h")
            }
            value = "\(duration.milliseconds)"
        case .moment:
            if let duration = Quantity.duration(text), duration > .zero {
                value = SystemClock.now().advanced(byMilliseconds: duration.milliseconds).rfc3339
            } else if Timestamp(rfc3339: text.utf8) == nil {
                throw ValidationError("use a duration from now, such as 7d, or a time such as 2026-12-31T23:59:59Z")
            }
        default: break
        }
        if let problem = field.problem(with: value) { throw ValidationError("it \(problem)") }
        return value
    }
}
