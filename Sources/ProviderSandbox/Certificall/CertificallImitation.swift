/// Certificall (PROVIDERS.md 4): Certilinks, the cases that come of them, and the webhook about each.
///
/// | call | does |
/// |---|---|
/// | POST auth/token | a token for an hour |
/// | GET frames | what can be inspected |
/// | POST certilink/create, bulk-create, findCompanyMagicLinks; PATCH, DELETE certilink/{token} | links |
/// | GET cases, reports/{reportToken} | what came of them; the second without a token |
/// | GET, POST /certificall/app?mt= | the user's visit; POST sends the webhook |
///
/// The calls are under `/certificall/api`, those about links at the root as well.
package struct CertificallImitation: Imitation {
    package static let name = "certificall"

    private var sessions = CertificallSessions()
    private var links = CertificallLinks()
    private var cases = CertificallCases()
    private var hook: CertificallHook?

    package init() {}

    package mutating func answer(_ request: APIRequest, _ world: inout World) -> APIReply? {
        do throws(CertificallRefusal) {
            if request.path.starts(with: ["certificall", "api"]) {
                return try call(Array(request.path.dropFirst(2)), request, &world)
            }
            if request.path.first == "certilink" { return try call(request.path, request, &world) }
            return try page(request, &world)
        } catch {
            return error.reply
        }
    }

    /// The scheme is `bearer`, `hmac` or `basic`; `hmac` where none is given.
    package mutating func register(_ registration: Registration, _ world: inout World) throws(SandboxRefusal) {
        guard let scheme = CertificallHook.Scheme(rawValue: registration.scheme ?? "hmac") else {
            throw SandboxRefusal("Certificall proves itself by bearer, hmac or basic; give one of them as the scheme")
        }
        hook = CertificallHook(url: registration.url, scheme: scheme)
    }

    /// Closes a case without a visit. `reference` is the reportToken; a link is made up where none has it, or where
    /// `externalInfo` is given: that becomes the link's metadata, which the webhook does not carry.
    package mutating func trigger(_ trigger: Trigger, _ world: inout World) throws(SandboxRefusal) {
        guard trigger.kind == "certificate" else {
            throw SandboxRefusal("Certificall delivers no '\(trigger.kind)'; its only kind is 'certificate'")
        }
        guard let url = trigger.url ?? hook?.url else {
            throw SandboxRefusal("Certificall has no webhook URL yet; register one, or give it with 'url'")
        }
        guard trigger.byteCount == nil else {
            throw SandboxRefusal("a certificate has no records to grow by; leave the size out")
        }
        let reportToken = trigger.reference ?? "dossier-\(world.random.hex(12))"
        let metadata = trigger.externalInfo.map { member in
            let text = member.value.string ?? String(decoding: member.value.bytes, as: UTF8.self)
            return JSON.Member(member.name, .string(text))
        }
        let known = metadata.isEmpty ? links.newest(of: reportToken) : nil
        let link = known ?? links.add(reportToken: reportToken, frame: .visual, metadata: metadata, &world)
        let content = cases.addClosed(
            frame: link.frame, reportToken: reportToken, user: link.context?.user, &world)
        let target = CertificallHook(url: url, scheme: hook?.scheme ?? .hmac)
        world.send(target.callback(content, world))
    }

    private mutating func call(
        _ path: [String], _ request: APIRequest, _ world: inout World
    ) throws(CertificallRefusal) -> APIReply {
        switch (request.method, path.first, path.count) {
        case ("POST", "auth", 2) where path[1] == "token": return try sessions.logIn(request, &world)
        case ("GET", "reports", 2):
            return try cases.report(path[1], isLinked: links.newest(of: path[1]) != nil, world)
        default: break
        }
        try sessions.check(request, now: world.now)
        switch (request.method, path) {
        case ("GET", ["frames"]): return .json(200, .array(CertificallFrame.all.map(\.json)))
        case ("GET", ["cases"]): return try cases.search(request, world)
        case ("POST", ["certilink", "create"]): return try links.create(request, &world)
        case ("POST", ["certilink", "bulk-create"]): return try links.bulkCreate(request, &world)
        case ("POST", ["certilink", "findCompanyMagicLinks"]): return try links.find(request, world)
        default: break
        }
        switch (request.method, path.first, path.count) {
        case ("PATCH", "certilink", 2): return try links.change(path[1], request, world)
        case ("DELETE", "certilink", 2): return try links.delete(path[1])
        default: throw CertificallRefusal(404, "Cannot \(request.method) /\(request.path.joined(separator: "/"))")
        }
    }

    private mutating func page(_ request: APIRequest, _ world: inout World) throws(CertificallRefusal) -> APIReply? {
        if request.matches("GET", "/certificall/share/case/*") { return try cases.pdf(request.path[3]) }
        if request.matches("GET", "/certificall/images/*/*") {
            return try cases.photo(request.path[2], request.path[3])
        }
        guard request.path == ["certificall", "app"], ["GET", "POST"].contains(request.method) else { return nil }
        guard var link = request.queryValue("mt").flatMap({ links[$0] }) else { return CertificallVisit.closed(nil) }
        if let obstacle = link.obstacle(now: world.now) { return CertificallVisit.closed(obstacle) }
        guard request.method == "POST" else { return CertificallVisit.form(link, world) }
        link.useCount += 1
        links.set(link)
        let content = cases.addClosed(
            frame: link.frame, reportToken: link.reportToken, user: link.context?.user,
            texts: CertificallVisit.texts(request, link.frame), &world)
        if let hook { world.send(hook.callback(content, world)) }
        return CertificallVisit.thanks(content, world)
    }
}
