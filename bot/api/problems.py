"""What went wrong, as problem details (RFC 9457): every answer of the HTTP side that isn't a success."""

import logging
import secrets
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

logger = logging.getLogger(__name__)


class Problem(Exception):
    """The caller is told: what is wrong and what would be right."""

    def __init__(self, status: HTTPStatus, detail: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status, self.detail, self.headers = status, detail, headers


def register(app: FastAPI) -> None:
    """Answer all that is raised in this form."""
    app.add_exception_handler(Problem, _ours)
    app.add_exception_handler(HTTPException, _frameworks)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(Exception, _unforeseen)


def _answer(request: Request, status: int, detail: str, headers: dict[str, str] | None = None) -> JSONResponse:
    said = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    return JSONResponse(
        {**said, "instance": request.url.path}, status, headers=headers, media_type="application/problem+json"
    )


def _ours(request: Request, problem: Exception) -> JSONResponse:
    assert isinstance(problem, Problem)  # noqa: S101 - Starlette hands over what was registered
    return _answer(request, problem.status, problem.detail, problem.headers)


def _frameworks(request: Request, refused: Exception) -> JSONResponse:
    assert isinstance(refused, HTTPException)  # noqa: S101 - the same
    headers = dict(refused.headers) if refused.headers else None
    return _answer(request, refused.status_code, str(refused.detail), headers)


def _invalid(request: Request, wrong: Exception) -> JSONResponse:
    assert isinstance(wrong, RequestValidationError)  # noqa: S101 - the same
    mistakes = (f"{'.'.join(str(part) for part in e['loc'])}: {e['msg']}" for e in wrong.errors())
    return _answer(request, HTTPStatus.UNPROCESSABLE_ENTITY, "; ".join(mistakes))


def _unforeseen(request: Request, error: Exception) -> JSONResponse:
    error_id = secrets.token_hex(4)
    logger.error("%s %s failed, error %s", request.method, request.url.path, error_id, exc_info=error)
    return _answer(request, HTTPStatus.INTERNAL_SERVER_ERROR, f"The log has the details under {error_id}.")
