internal import Foundation

/// Klavi's link, consent and report API with the pages of its links, played from memory (PROVIDERS.md 1).
///
/// ```
/// /auth ─▶ access token ─▶ /links ─▶ link token ─▶ /conecte page ─▶ AUTHORISED
///                                                                       │
///              /personal|business/… ─▶ reports and events ◀─ automatic push
/// ```
///
/// Events go to the URL that was registered. Reports go where the one-time rules, the link's rules or, last, the
/// registered URL send them. Each collection keeps its newest 100,000 entries.
package struct KlaviImitation: Imitation {
    package static let name = "klavi"
    /// The identity of the sandbox's one customer, as events spell it.
    package static let partnerAppID = "12345678"
    /// How long access tokens and link tokens live.
    static let tokenLifetime: TimeInterval = 1800

    /// Where events go, and reports that no rule sends elsewhere.
    var consoleURL: String?
    /// By access token: when it ends.
    var accessTokens = RecentRecords<String, Date>()
    var links = RecentRecords<String, KlaviLink>()
    /// By link token: the link's id.
    var linkTokens = RecentRecords<String, String>()
    private(set) var consents = RecentRecords<String, KlaviConsent>()
    /// By link: the ids of its consents, oldest first.
    private var consentIDs = RecentRecords<String, [String]>()

    /// Nothing is registered, and nobody has consented.
    package init() {}

    package mutating func answer(_ request: APIRequest, _ world: inout World) -> APIReply? {
        if request.path.starts(with: ["data", "v1"]) {
            do throws(KlaviRefusal) {
                return try answerAPI(request, &world)
            } catch {
                return error.reply
            }
        }
        return request.path.first == "conecte" ? answerPage(request, &world) : nil
    }

    package mutating func register(
        _ registration: Registration, _ world: inout World
    ) throws(SandboxRefusal) {
        guard registration.scheme == nil else {
            throw SandboxRefusal("Klavi signs every delivery the same way; leave the scheme out")
        }
        guard KlaviURL.isWeb(registration.url) else {
            throw SandboxRefusal("'\(registration.url)' is no http or https URL")
        }
        consoleURL = registration.url
    }

    /// Adds a consent, or puts it in the place of what it was before.
    mutating func keep(_ consent: KlaviConsent) {
        if consents[consent.id] == nil {
            consentIDs[consent.linkID] = (consentIDs[consent.linkID] ?? []) + [consent.id]
        }
        consents[consent.id] = consent
    }

    /// Oldest first.
    func consents(ofLink id: String) -> [KlaviConsent] {
        (consentIDs[id] ?? []).compactMap { consents[$0] }
    }

    private mutating func answerAPI(
        _ request: APIRequest, _ world: inout World
    ) throws(KlaviRefusal) -> APIReply {
        let rest = request.path.dropFirst(2).map { $0 }
        switch (request.method, rest.first, rest.count) {
        case ("POST", "auth", 1): return try logIn(request, &world)
        case ("POST", "links", 1): return try createLink(request, &world)
        case (_, "consents", _): return try answerConsents(request, Array(rest.dropFirst()), &world)
        case ("POST", "personal", 2), ("POST", "business", 2):
            return try requestReports(request, isBusiness: rest[0] == "business", level: rest[1], &world)
        default: throw .unknownPath(request)
        }
    }
}
