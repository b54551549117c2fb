internal import Foundation
package import StrictJSON

/// A report in the expected.json of a sample.
package struct ExpectedReport: Sendable {
    package let provider: String
    package let type: String
    package let key: String
    /// The provider's time in UTC, such as `2026-11-02T09:41:12.348Z`; nil if the provider sends no time.
    package let providerTime: String?
    package let externalInfo: JSONValue?
    /// The names and values of fields, in the order of their appearance.
    package let fields: [(name: String, values: [String])]
    package let rule: String?
    package let topic: String?

    /// The JSON text of externalInfo, unchanged from expected.json.
    package var externalInfoText: String? { externalInfo?.rawText }

    init?(_ value: JSONValue) {
        guard let provider = value["provider"]?.string, let type = value["type"]?.string,
            let key = value["key"]?.string,
            let fields = value["fields"]
        else { return nil }
        self.provider = provider
        self.type = type
        self.key = key
        self.providerTime = value["providerTime"]?.string
        self.externalInfo = value["externalInfo"].flatMap { $0.kind == .null ? nil : $0 }
        self.fields = fields.members.map { ($0.name, $0.value.elements.compactMap(\.string)) }
        self.rule = value["rule"]?.string
        self.topic = value["topic"]?.string
    }
}

extension Sample {
    /// The reports of the delivery, in order; nil for an expected.json that does not follow samples/README.md.
    package var expectedReports: [ExpectedReport]? {
        guard let values = expected.root["reports"]?.elements.map({ $0 }) else { return nil }
        let reports = values.compactMap(ExpectedReport.init)
        return reports.count == values.count ? reports : nil
    }
}

/// A JSON text, parsed by Foundation as an independent parser. Comparisons ignore the order of members.
package struct ParsedJSON: Equatable {
    private let value: NSObject

    package init(_ bytes: [UInt8]) throws {
        let value = try JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
        // The value is placed in an array, because Foundation compares only containers by their contents.
        self.value = [value] as NSArray
    }

    package init(_ text: String) throws {
        try self.init(Array(text.utf8))
    }
}
