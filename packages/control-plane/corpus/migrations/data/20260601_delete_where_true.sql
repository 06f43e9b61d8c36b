DELETE FROM public.sessions WHERE true;
