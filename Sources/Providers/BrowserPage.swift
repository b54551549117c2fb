package import Deliveries

/// The pages that a person sees after a provider has redirected the browser to Callbox. They are small and load no
/// other files.
package enum BrowserPage: Int, CaseIterable, Sendable {
    case done
    /// The provider reported an error.
    case notCompleted
    case incompleteLink
    /// The redirect could not be stored. The page asks the person to open the link again later.
    case tryAgain
    case linkTooLong

    /// The title and the text of the page in each language, in the order of `PageLanguage`.
    private var texts: [(title: StaticString, text: StaticString)] {
        switch self {
        case .done:
            [
                ("Thank you", "You are done. You can close this window and return to the previous page."),
                ("Obrigado", "Tudo certo. Você pode fechar esta janela e voltar à página anterior."),
                ("Merci", "C’est terminé. Vous pouvez fermer cette fenêtre et revenir à la page précédente."),
            ]
        case .notCompleted:
            [
                ("Not completed", "The authorisation was not completed. You can close this window and try again."),
                ("Não concluído", "A autorização não foi concluída. Você pode fechar esta janela e tentar novamente."),
                ("Non terminé", "L’autorisation n’a pas abouti. Vous pouvez fermer cette fenêtre et réessayer."),
            ]
        case .incompleteLink:
            [
                ("Incomplete link", "This link is incomplete. Please open it again from the message you received."),
                (
                    "Link incompleto",
                    "Este link está incompleto. Abra-o novamente a partir da mensagem que você recebeu."
                ),
                ("Lien incomplet", "Ce lien est incomplet. Veuillez le rouvrir depuis le message que vous avez reçu."),
            ]
        case .tryAgain:
            [
                (
                    "Please try again",
                    "We could not process your request. Please wait a few seconds and reload this page."
                ),
                (
                    "Tente novamente",
                    "Não foi possível processar sua solicitação. Aguarde alguns segundos e recarregue esta página."
                ),
                (
                    "Veuillez réessayer",
                    "Nous n’avons pas pu traiter votre demande. Attendez quelques secondes, puis actualisez cette page."
                ),
            ]
        case .linkTooLong:
            [
                ("Link too long", "This link is too long. Please open it again from the message you received."),
                (
                    "Link longo demais",
                    "Este link é longo demais. Abra-o novamente a partir da mensagem que você recebeu."
                ),
                ("Lien trop long", "Ce lien est trop long. Veuillez le rouvrir depuis le message que vous avez reçu."),
            ]
        }
    }

    private var status: Int {
        switch self {
        case .done, .notCompleted: 200
        case .incompleteLink: 400
        case .tryAgain: 503
        case .linkTooLong: 414
        }
    }

    /// The URL of a redirect may contain a code, so the browser must not cache the page or send a referrer.
    private static let privateHeaders = [
        HeaderField("Cache-Control", "no-store"),
        HeaderField("Referrer-Policy", "no-referrer"),
        HeaderField("X-Content-Type-Options", "nosniff"),
    ]

    /// The HTML of each page in each language, built once because redirects wait for the response.
    private static let pages = allCases.map { page in PageLanguage.allCases.map { page.html(in: $0) } }

    /// The page in the language that the request prefers.
    package func response(to request: InboundRequest) -> Response {
        Self.pages[rawValue][PageLanguage(preferredBy: request.headers).rawValue]
    }

    /// The response to a redirect: a 303 to the URL that the policy allows, or the page `done`.
    static func redirect(_ request: InboundRequest, to url: String?, _ policy: RedirectPolicy) -> Response {
        guard let destination = policy.destination(for: url) else { return done.response(to: request) }
        return Response(status: 303, headers: [HeaderField("Location", destination)] + privateHeaders)
    }

    private func html(in language: PageLanguage) -> Response {
        let (title, text) = texts[language.rawValue]
        let html = """
            <!doctype html>
            <html lang="\(language.tag)">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(title)</title>
            <style>
            body { font: 1.1rem/1.5 system-ui, sans-serif; margin: 20vh auto 0; max-width: 26rem;
              padding: 0 1.5rem; color: #1d2a35; }
            h1 { font-size: 1.6rem; margin: 0 0 .5rem; }
            @media (prefers-color-scheme: dark) { body { background: #14191d; color: #dfe6eb; } }
            </style>
            </head>
            <body><h1>\(title)</h1><p>\(text)</p></body>
            </html>

            """
        let headers = [
            HeaderField("Content-Type", "text/html; charset=utf-8"),
            HeaderField("Content-Language", language.tag),
            HeaderField("Vary", "Accept-Language"),
            HeaderField(
                "Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"),
        ]
        let retry = self == .tryAgain ? [HeaderField("Retry-After", "5")] : []
        return Response(status: status, headers: retry + headers + Self.privateHeaders, body: Array(html.utf8))
    }
}
