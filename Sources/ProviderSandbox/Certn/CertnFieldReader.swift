/// Something that is wrong with one field of a request.
struct CertnFieldProblem: Sendable, Equatable {
    /// Names from the outermost in; the index of a list's element in digits.
    let path: [String]
    /// The machine's word for it, which only Centric sends.
    let code: String
    let detail: String
}

/// Reads the fields of a request and collects what is wrong with them, so that one answer names everything.
struct CertnFieldReader: Sendable {
    private(set) var problems: [CertnFieldProblem] = []

    mutating func add(_ path: [String], _ code: String, _ detail: String) {
        problems.append(CertnFieldProblem(path: path, code: code, detail: detail))
    }

    /// A field that must be there and not empty, or may be left out, null or empty.
    mutating func text(_ object: JSON, _ name: String, at path: [String] = [], isRequired: Bool = true) -> String? {
        guard let value = present(object, name, at: path, isRequired: isRequired) else { return nil }
        guard let text = value.string else {
            add(path + [name], "invalid", "Not a valid string.")
            return nil
        }
        guard !isRequired || text.contains(where: { !$0.isWhitespace }) else {
            add(path + [name], "blank", "This field may not be blank.")
            return nil
        }
        return text
    }

    /// False where it is left out.
    mutating func flag(_ object: JSON, _ name: String, at path: [String] = []) -> Bool? {
        guard let value = object[name] else { return nil }
        if let flag = value.bool { return flag }
        add(path + [name], "invalid", "Must be a valid boolean.")
        return nil
    }

    mutating func emailAddress(_ object: JSON, _ name: String, isRequired: Bool = true) -> String? {
        guard let text = text(object, name, isRequired: isRequired), isRequired || !text.isEmpty else { return nil }
        guard CertnSyntax.isEmailAddress(text) else {
            add([name], "invalid", "Enter a valid email address.")
            return nil
        }
        return text
    }

    mutating func date(_ object: JSON, _ name: String, at path: [String] = [], isRequired: Bool = true) -> String? {
        guard let value = present(object, name, at: path, isRequired: isRequired) else { return nil }
        guard let text = value.string, CertnSyntax.isDate(text) else {
            add(
                path + [name], "invalid",
                "Date has wrong format. Use one of these formats instead: YYYY-MM-DD.")
            return nil
        }
        return text
    }

    mutating func object(_ object: JSON, _ name: String, at path: [String] = [], isRequired: Bool = true) -> JSON? {
        guard let value = present(object, name, at: path, isRequired: isRequired) else { return nil }
        return dictionary(value, at: path + [name])
    }

    /// A list of objects; a required one has at least one element.
    mutating func objects(_ object: JSON, _ name: String, at path: [String] = [], isRequired: Bool = true) -> [JSON] {
        guard let value = present(object, name, at: path, isRequired: isRequired) else { return [] }
        let path = path + [name]
        guard let elements = value.elements else {
            add(path, "not_a_list", "Expected a list of items but got type \"\(Self.typeName(value))\".")
            return []
        }
        if isRequired && elements.isEmpty { add(path, "empty", "This list may not be empty.") }
        return elements.enumerated().compactMap { dictionary($0.element, at: path + [String($0.offset)]) }
    }

    /// This value where it is an object.
    mutating func dictionary(_ value: JSON, at path: [String]) -> JSON? {
        if value.members != nil { return value }
        add(
            path + ["non_field_errors"], "invalid",
            "Invalid data. Expected a dictionary, but got \(Self.typeName(value)).")
        return nil
    }

    private mutating func present(_ object: JSON, _ name: String, at path: [String], isRequired: Bool) -> JSON? {
        guard let value = object[name] else {
            if isRequired { add(path + [name], "required", "This field is required.") }
            return nil
        }
        guard value != .null else {
            if isRequired { add(path + [name], "null", "This field may not be null.") }
            return nil
        }
        return value
    }

    /// The API's own word for a value's type.
    private static func typeName(_ value: JSON) -> String {
        switch value {
        case .object: "dict"
        case .array: "list"
        case .string: "str"
        case .number: "int"
        case .bool: "bool"
        case .null: "NoneType"
        }
    }
}
