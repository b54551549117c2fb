package import Deliveries
package import StrictJSON

/// An order at an API that leads to reports: a `links create` command.
///
/// A form is a type, because the command line's library finds flags by types.
package protocol LinkForm: FieldSet {
    static var api: APIDescription { get }
    /// The word after `links create`.
    static var name: String { get }
    /// For the help: one sentence, and the rest with examples.
    static var abstract: String { get }
    static var discussion: String { get }

    /// Throws `badInput`. A step that is a call first asks the API for data that the order needs.
    static func plan(
        _ values: FieldValues, for account: APIAccount, in context: LinkContext
    ) throws -> ProviderStep<LinkPlan>
}

/// A form that can send many orders in one request.
package protocol BulkLinkForm: LinkForm {
    /// Orders of one request.
    static var batchCount: Int { get }

    /// The problem of an order in a file, after "line 2 of the file"; nil if there is none.
    static func problem(withOrder values: FieldValues) -> String?

    /// The plans of orders, each without a call of its own, and the call for all; its outcomes are in the orders'
    /// order.
    static func plan(
        _ orders: [FieldValues], for account: APIAccount
    ) throws -> (plans: [LinkPlan], call: ProviderCall<[BulkOutcome]>)

    /// The field that identifies an order, generated if it is not set: no two of a batch have the same.
    static var identifier: String { get }
}

/// The result for one order of many.
package enum BulkOutcome: Sendable {
    case created(CreatedLink)
    case failed(String)
    /// The response does not say: it may have been created.
    case unknown
}

/// A change of a link: the `links update` command.
package protocol LinkUpdate: FieldSet {
    /// The key of the link that the call needs.
    static var key: String { get }

    /// Throws `badInput`. The call's value is the link's new end, if it has one.
    static func call(_ key: String, _ values: FieldValues, for account: APIAccount) throws -> ProviderCall<Timestamp?>
}

package struct LinkContext: Sendable {
    /// True if the request is only shown.
    package let isDryRun: Bool
    /// The source that receives, if its public URL is known.
    package let receiver: Receiver?
    /// A random identifier.
    package let identifier: String

    /// A source and its public URL.
    package struct Receiver: Sendable {
        package let url: String
        /// URLs by type, `other` or `all`, if the provider accepts a URL for each route.
        package let routes: [ReportField]

        package init(url: String, routes: [ReportField]) {
            self.url = url
            self.routes = routes
        }
    }

    package init(isDryRun: Bool = false, receiver: Receiver? = nil, identifier: String = "") {
        self.isDryRun = isDryRun
        self.receiver = receiver
        self.identifier = identifier
    }
}

/// An order: the data recorded before it is sent, and the call that sends it.
package struct LinkPlan: Sendable {
    /// Nil in a batch.
    package var call: ProviderCall<CreatedLink>?
    /// Follows the API's base URL in the record.
    package var apiPath = ""
    /// Fields that reports about it have.
    package var keys: [ReportField] = []
    /// Expected reports, in the form of `--expect`.
    package var expectations: [String] = []
    /// JSON text of an object.
    package var externalInfo: String?
    package var expiresAt: Timestamp?
}

/// The identifiers of a link that the provider created.
package struct CreatedLink: Sendable {
    package var keys: [ReportField] = []
    package var expiresAt: Timestamp?
    /// Printed once and not recorded: the address that the user opens.
    package var shown: [JSONText.Member] = []
}
