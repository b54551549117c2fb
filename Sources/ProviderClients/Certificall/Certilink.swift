internal import StrictJSON

/// A Certilink as it was just made.
package struct Certilink: Sendable, Equatable {
    /// What was asked for; nil where the answer does not repeat it.
    package let reportToken: String?
    package let url: String
    /// The item `mt` of the address, which later calls name the link by.
    package let magicLinkToken: String?

    init(_ fields: ResponseFields) throws(ProviderCallFailure) {
        reportToken = fields.optionalText("reportToken")
        url = try fields.text("url")
        magicLinkToken = fields.optionalText("magicLinkToken") ?? URLQuery.item("mt", of: url)
    }
}

/// What came of many orders.
package struct CertilinkBatch: Sendable {
    /// An order that failed. Its form is not documented, so both may be missing.
    package struct Failure: Sendable, Equatable {
        package let reportToken: String?
        package let message: String?
    }

    package let created: [Certilink]
    package let failures: [Failure]

    /// Takes an older answer, one link alone, for a list of one.
    init(_ fields: ResponseFields) throws(ProviderCallFailure) {
        if fields.value["success"] == nil, fields.value["url"] != nil {
            created = [try Certilink(fields)]
        } else {
            created = try fields.list("success") { entry throws(ProviderCallFailure) in try Certilink(entry) }
        }
        failures =
            fields.value["error"]?.kind == .array
            ? try fields.list("error") { entry in
                Failure(
                    reportToken: entry.optionalText("reportToken"),
                    message: entry.optionalText("message") ?? entry.value.string)
            } : []
    }
}

/// A Certilink in the company's list.
package struct ListedCertilink: Sendable, Equatable {
    package let link: Certilink
    package let createdAt: String?
    package let expirationDate: String?
    package let isEnabled: Bool?
    package let frameID: Int64?
    package let frameName: String?

    init(_ fields: ResponseFields) throws(ProviderCallFailure) {
        link = try Certilink(fields)
        createdAt = fields.optionalText("createdAt")
        expirationDate = fields.optionalText("expirationDate")
        isEnabled = fields.boolean("enabled")
        frameID = fields.object("frame")?.integer("id")
        frameName = fields.object("frame")?.optionalText("name")
    }
}
