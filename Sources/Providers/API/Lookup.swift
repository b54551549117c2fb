package import StrictJSON

/// A query to an API: a `links fetch` command.
package protocol Lookup: FieldSet {
    static var api: APIDescription { get }
    /// The word after `links fetch` that selects this lookup.
    static var name: String { get }
    static var abstract: String { get }
    static var discussion: String { get }
    /// The name and help text of the command's argument; nil if it has none.
    static var argument: (name: String, help: String)? { get }

    /// The call of the lookup. Throws `badInput`.
    ///
    /// - Parameter subject: the value of the argument; empty if the lookup has none.
    static func call(_ subject: String, _ values: FieldValues, for account: APIAccount) throws -> ProviderCall<Finding>
}

extension Lookup {
    package static var argument: (name: String, help: String)? { nil }
}

/// The response to a lookup.
package enum Finding: Sendable {
    /// A list of entries. The columns name the members that a table shows.
    case list(columns: [Column], entries: [JSONText])
    case object(JSONValue)
    /// The bytes of a file.
    case file([UInt8])

    /// A column of a table, and the member of each entry that it shows.
    package struct Column: Sendable {
        package let title: String
        package let member: String

        package init(_ title: String, _ member: String) {
            self.title = title
            self.member = member
        }
    }

    /// A list of entries. Each entry is reduced to the members of the columns.
    static func list(_ elements: [ResponseFields], _ columns: [(title: String, member: String)]) -> Finding {
        .list(
            columns: columns.map { Column($0.title, $0.member) },
            entries: elements.map { element in
                .object(
                    columns.map { column in
                        let value = column.member.split(separator: ".").reduce(element.value as JSONValue?) {
                            $0?[String($1)]
                        }
                        return .init(column.member, value.map { .raw($0.rawText) } ?? .null)
                    })
            })
    }
}
