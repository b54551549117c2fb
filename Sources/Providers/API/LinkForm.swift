package import Deliveries
package import StrictJSON

/// Something that can be ordered at an API and that reports come for: a `links create` command.
///
/// A form is a type, because the command line's library finds flags by types.
package protocol LinkForm: FieldSet {
    static var api: APIDescription { get }
    /// The word after `links create`.
    static var name: String { get }
    /// For the help: one sentence, and the rest with examples.
    static var abstract: String { get }
    static var discussion: String { get }

    /// The order that values make up. Throws `badInput`. A step that is a call asks first for what the order needs.
    static func plan(
        _ values: FieldValues, for account: APIAccount, in context: LinkContext
    ) throws -> ProviderStep<LinkPlan>
}

/// A form whose orders can be sent many in one request.
package protocol BulkLinkForm: LinkForm {
    /// Orders of one request.
    static var batchCount: Int { get }

    /// What an order of a file lacks, after "line 2 of the file"; nil if nothing is lacking.
    static func problem(withOrder values: FieldValues) -> String?

    /// The plans of orders, each without a call of its own, and the call for all; its outcomes are in the orders' order.
    static func plan(
        _ orders: [FieldValues], for account: APIAccount
    ) throws -> (plans: [LinkPlan], call: ProviderCall<[BulkOutcome]>)

    /// The field that identifies an order, made up if it is not given: no two of a batch have the same.
    static var identifier: String { get }
}

/// What became of one order of many.
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

/// What a form may need beside its fields.
package struct LinkContext: Sendable {
    /// Whether the request is only shown.
    package let isDryRun: Bool
    /// The source that receives, if the providers' way to it was given.
    package let receiver: Receiver?
    /// A text that nobody guesses.
    package let identifier: String

    /// A source and where providers reach it.
    package struct Receiver: Sendable {
        package let url: String
        /// A URL for each of its routes, if the provider takes such: types, `other` or `all`, and their URLs.
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

/// An order: what is recorded before it is sent, and the call that sends it.
package struct LinkPlan: Sendable {
    /// Nil in a batch.
    package var call: ProviderCall<CreatedLink>?
    /// Follows the API's base URL in the record.
    package var apiPath = ""
    /// Fields that reports about it have.
    package var keys: [ReportField] = []
    /// Reports to wait for, as `--expect` takes them.
    package var expectations: [String] = []
    /// JSON text of an object.
    package var externalInfo: String?
    package var expiresAt: Timestamp?
}

/// What the provider calls the link that it made.
package struct CreatedLink: Sendable {
    package var keys: [ReportField] = []
    package var expiresAt: Timestamp?
    /// Printed once and not recorded: the address that the user opens.
    package var shown: [JSONText.Member] = []
}
