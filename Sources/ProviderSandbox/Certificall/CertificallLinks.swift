internal import Foundation

/// All Certilinks, with the five calls that create, list, change and delete them (PROVIDERS.md 4.2).
struct CertificallLinks: Sendable {
    /// Of one page of the list.
    static let pageLimit = 100

    private var links = RecentRecords<String, CertificallLink>()
    /// The newest link of each report.
    private var tokens = RecentRecords<String, String>()

    subscript(token: String) -> CertificallLink? { links[token] }

    func newest(of reportToken: String) -> CertificallLink? {
        tokens[reportToken].flatMap { links[$0] }
    }

    mutating func set(_ link: CertificallLink) {
        links[link.token] = link
    }

    /// A link that no call asked for.
    mutating func add(
        reportToken: String, frame: CertificallFrame, metadata: [JSON.Member], _ world: inout World
    ) -> CertificallLink {
        let link = CertificallLink(
            token: world.random.uuid(), reportToken: reportToken, frame: frame, createdAt: world.now, maxUses: nil,
            context: metadata.isEmpty ? nil : CertificallContext(metadata: metadata))
        insert(link)
        return link
    }

    mutating func create(_ request: APIRequest, _ world: inout World) throws(CertificallRefusal) -> APIReply {
        let link = try make(from: try Self.object(request), &world)
        return .json(201, ["url": .string(link.url(world))])
    }

    /// Entries stand for themselves: one that is wrong does not stop the others.
    mutating func bulkCreate(_ request: APIRequest, _ world: inout World) throws(CertificallRefusal) -> APIReply {
        guard let entries = JSON(parsing: request.body)?.elements else {
            throw CertificallRefusal(400, "the body must be an array")
        }
        var successes: [JSON] = []
        var errors: [JSON] = []
        for entry in entries {
            do throws(CertificallRefusal) {
                guard entry.members != nil else { throw CertificallRefusal(400, "each entry must be an object") }
                let link = try make(from: entry, &world)
                successes.append(["reportToken": .string(link.reportToken), "url": .string(link.url(world))])
            } catch {
                errors.append([
                    "reportToken": .optional(entry["reportToken"]?.string), "message": .string(error.message),
                ])
            }
        }
        return .json(
            201,
            [
                "state": "Certilink bulk creation ended", "date": .string(CertificallTime.compact(world.now)),
                "company": .integer(CertificallCompany.id), "success": .array(successes), "error": .array(errors),
            ])
    }

    /// From the oldest on; the first hundred where the call does not say.
    func find(_ request: APIRequest, _ world: World) throws(CertificallRefusal) -> APIReply {
        let object = try Self.object(request)
        let start = try CertificallMember("start", of: object).whole(atLeast: 0) ?? 0
        let limit = try CertificallMember("limit", of: object).whole(atLeast: 1) ?? Self.pageLimit
        guard limit <= Self.pageLimit else {
            throw CertificallRefusal(400, "limit must not be greater than \(Self.pageLimit)")
        }
        return .json(
            200, .array(links.keys.dropFirst(start).prefix(limit).compactMap { links[$0]?.json(world) }))
    }

    mutating func change(
        _ token: String, _ request: APIRequest, _ world: World
    ) throws(CertificallRefusal) -> APIReply {
        var link = try known(token)
        let object = try Self.object(request)
        let expiresAt = try CertificallMember("expirationDate", of: object).expiration(now: world.now)
        let context = try CertificallContext.read(in: object)
        link.expiresAt = expiresAt ?? link.expiresAt
        link.context = context ?? link.context
        set(link)
        return .json(200, ["status": "Success", "message": "Magic link updated successfully"])
    }

    /// The link stays in the list, switched off.
    mutating func delete(_ token: String) throws(CertificallRefusal) -> APIReply {
        var link = try known(token)
        link.isEnabled = false
        set(link)
        return .json(200, ["status": "Success", "message": "Magic link deleted successfully"])
    }

    private mutating func make(
        from object: JSON, _ world: inout World
    ) throws(CertificallRefusal) -> CertificallLink {
        let reportToken = try CertificallMember("reportToken", of: object).requiredString()
        let frame = try CertificallMember("frameId", of: object).frame()
        let expiresAt = try CertificallMember("expirationDate", of: object).expiration(now: world.now)
        let maxUses = try CertificallMember("maxUses", of: object).whole(atLeast: 1)
        let companyID = try CertificallMember("companyId", of: object).whole()
        guard companyID == nil || companyID == CertificallCompany.id else {
            throw CertificallRefusal(400, "companyId is not your company")
        }
        let context = try CertificallContext.read(in: object)
        let link = CertificallLink(
            token: world.random.uuid(), reportToken: reportToken, frame: frame, createdAt: world.now,
            expiresAt: expiresAt, maxUses: maxUses, context: context)
        insert(link)
        return link
    }

    private mutating func insert(_ link: CertificallLink) {
        set(link)
        tokens[link.reportToken] = link.token
    }

    private func known(_ token: String) throws(CertificallRefusal) -> CertificallLink {
        guard let link = links[token] else { throw CertificallRefusal(404, "Magic link not found") }
        return link
    }

    private static func object(_ request: APIRequest) throws(CertificallRefusal) -> JSON {
        guard let object = request.object else { throw CertificallRefusal(400, "the body must be an object") }
        return object
    }
}
