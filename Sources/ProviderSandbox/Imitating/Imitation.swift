/// One provider's API, imitated: a state that calls change. No I/O, no clock of its own.
package protocol Imitation: Sendable {
    /// The name on the command line and in the ledger: `klavi`, `certn-legacy`, `certn-centric`, `ezid`, `certificall`.
    static var name: String { get }

    /// Answers a call; nil where the path is none of this provider's.
    mutating func answer(_ request: APIRequest, _ world: inout World) -> APIReply?

    /// Where this provider is told to deliver, as its console would be: takes the place of what was set before.
    mutating func register(_ registration: Registration, _ world: inout World) throws(SandboxRefusal)

    /// Makes a delivery happen at once, without the user's steps that lead to it.
    mutating func trigger(_ trigger: Trigger, _ world: inout World) throws(SandboxRefusal)

    /// What became of a callback in the end, where the provider draws conclusions from it.
    mutating func conclude(_ callback: Callback, _ outcome: CallbackOutcome, _ world: inout World)
}

extension Imitation {
    package mutating func conclude(_ callback: Callback, _ outcome: CallbackOutcome, _ world: inout World) {}
}

/// What a provider's console asks for when a callback URL is set up by hand.
package struct Registration: Sendable, Equatable {
    package var url: String
    /// Certificall alone has a choice: `bearer`, `hmac` or `basic`.
    package var scheme: String?
}

/// A delivery asked for by hand.
package struct Trigger: Sendable, Equatable {
    /// The provider's word for it: `pf_checking_account`, `CASE_REPORT_READY`, `applicant`, `certificate`, `redirect`.
    package var kind: String
    package var externalInfo: [JSON.Member] = []
    /// The link, case, applicant or reportToken it is about; made up where this is nil.
    package var reference: String?
    /// Where to deliver; what was registered where this is nil.
    package var url: String?
    /// The least size of the body, which is filled up with records of the kind it has: a report of Klavi's.
    package var byteCount: Int?
}

/// Why the sandbox does not do what its user asks; the text is a sentence for a terminal, with what to do.
package struct SandboxRefusal: Error, Equatable {
    package let text: String

    package init(_ text: String) {
        self.text = text
    }
}
